/** The open pages of nodes, beside the canvas they came from. */
import { ActionIcon } from "@mantine/core";
import { useEffect, useRef, type DragEvent } from "react";
import type { Node } from "../../api/types";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { useFullScreen } from "../../lib/fullScreen";
import { texts } from "../../texts";
import { PageActions, paneId } from "./PageActions";
import css from "./TabStrip.module.css";
import { isShown, type Tabs } from "./useTabs";

const words = texts.project;

type Props = { tabs: Tabs; dragged: string | null; onDrag: (id: string | null) => void };

export function TabStrip({ tabs, dragged, onDrag }: Props) {
  const { active, pair } = tabs;
  const fullScreen = useFullScreen();
  if (!tabs.opened.length) return null;
  // A page of two, and one that has the whole screen, has a bar of its own.
  const hasBar = active && (pair?.some((each) => each.id === active.id) || fullScreen === paneId(active.id));
  return (
    <div className={css.strip}>
      <nav className={css.tabs} aria-label={words.tabs}>
        <div className={`${css.tab} ${css.first}`} data-active={!active || undefined}>
          <button
            type="button"
            data-testid="tab-canvas"
            aria-current={active ? undefined : "page"}
            title={words.escHint}
            onClick={tabs.toCanvas}
          >
            <Icon name="projects" size={14} />
            <span>{words.canvas}</span>
          </button>
        </div>
        {tabs.opened.map((node) => (
          <NodeTab key={node.id} node={node} tabs={tabs} isDragged={dragged === node.id} onDrag={onDrag} />
        ))}
      </nav>
      {active && !hasBar && <PageActions node={active} tabs={tabs} />}
    </div>
  );
}

type NodeTabProps = { node: Node; tabs: Tabs; isDragged: boolean; onDrag: (id: string | null) => void };

function NodeTab({ node, tabs, isDragged, onDrag }: NodeTabProps) {
  const isActive = tabs.active?.id === node.id;
  const tab = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) tab.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isActive]);
  function begin(event: DragEvent) {
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", node.name);
    // A page that changes under the pointer right now would end the drag at once.
    setTimeout(() => onDrag(node.id));
  }
  return (
    <div
      ref={tab}
      className={css.tab}
      data-active={isActive || undefined}
      data-shown={isShown(tabs, node.id) || undefined}
      data-dragged={isDragged || undefined}
      draggable={tabs.hasRoom}
      onDragStart={begin}
      onDragEnd={() => onDrag(null)}
    >
      <button
        type="button"
        data-testid="tab-node"
        data-node-id={node.id}
        aria-current={isActive ? "page" : undefined}
        title={tabs.hasRoom ? words.pages.tabHint : undefined}
        onClick={() => tabs.open(node.id)}
      >
        <StateMark state={node.state} size={10} />
        <span>{node.name}</span>
      </button>
      <ActionIcon size={24} aria-label={words.closeTab(node.name)} title={words.closeTab(node.name)} onClick={() => tabs.close(node.id)}>
        <Icon name="close" size={12} />
      </ActionIcon>
    </div>
  );
}
