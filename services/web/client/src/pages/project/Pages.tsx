/** The open pages of nodes, over the canvas: one, or two side by side. Each stays where it was put into the document: a frame that moves there loads anew. */
import { useState, type CSSProperties, type ReactNode, type RefObject } from "react";
import type { Node } from "../../api/types";
import { texts } from "../../texts";
import { Divider } from "./Divider";
import { DropZones } from "./DropZones";
import { NodePage } from "./NodePage";
import { PageActions, paneId } from "./PageActions";
import { PaneBar } from "./PaneBar";
import css from "./Pages.module.css";
import { useFullScreen } from "../../lib/fullScreen";
import { isShown, type Tabs } from "./useTabs";

type Props = { place: RefObject<HTMLDivElement | null>; tabs: Tabs; dragged: string | null; onDropped: () => void; children: ReactNode };

export function Pages({ place, tabs, dragged, onDropped, children }: Props) {
  const isSplit = tabs.pair !== null && isShown(tabs, tabs.pair[0].id);
  return (
    <div ref={place} className={css.place} style={{ "--portion": `${tabs.portion}%` } as CSSProperties}>
      <Layer isShown={tabs.active === null}>{children}</Layer>
      {tabs.opened.map((node) => (
        <Pane key={node.id} node={node} tabs={tabs} />
      ))}
      {isSplit && <Divider place={place} portion={tabs.portion} left={paneId(tabs.pair![0].id)} onPortion={tabs.setPortion} />}
      {dragged && <DropZones onDrop={(side) => (tabs.put(dragged, side), onDropped())} />}
    </div>
  );
}

/** One of the things that have this place: all stay, one or two show. */
function Layer({ isShown, children }: { isShown: boolean; children: ReactNode }) {
  return (
    <div className={css.layer} data-hidden={!isShown || undefined} inert={!isShown}>
      {children}
    </div>
  );
}

function Pane({ node, tabs }: { node: Node; tabs: Tabs }) {
  const isSeen = isShown(tabs, node.id);
  // What was open when somebody was here last loads once it is looked at.
  const [wasSeen, setSeen] = useState(isSeen);
  if (isSeen && !wasSeen) setSeen(true);
  const at = tabs.pair?.findIndex((each) => each.id === node.id) ?? -1;
  const isFull = useFullScreen() === paneId(node.id);
  return (
    <section
      id={paneId(node.id)}
      className={css.layer}
      aria-label={texts.project.pages.region(node.name)}
      data-testid="pane"
      data-node-id={node.id}
      data-side={["left", "right"][at]}
      data-hidden={!isSeen || undefined}
      inert={!isSeen}
    >
      {(at >= 0 || isFull) && (
        <PaneBar node={node}>
          <PageActions node={node} tabs={tabs} />
        </PaneBar>
      )}
      <div className={css.page}>{wasSeen && <NodePage node={node} isShown={isSeen} onBack={tabs.toCanvas} />}</div>
    </section>
  );
}
