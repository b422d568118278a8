/** What may be done with one open page: where it is shown, and closing its node. */
import { ActionIcon, Button } from "@mantine/core";
import { useStopNode } from "../../api/nodes";
import type { Node } from "../../api/types";
import { Icon, type IconName } from "../../components/Icon";
import { canFullScreen, enterFullScreen, leaveFullScreen, useFullScreen } from "../../lib/fullScreen";
import { canClose } from "../../lib/nodeState";
import { texts } from "../../texts";
import { BesideMenu } from "./BesideMenu";
import css from "./Pages.module.css";
import type { Tabs } from "./useTabs";

const words = texts.project;

/** Where the page of a node is in the document. */
export const paneId = (nodeId: string) => `pane-${nodeId}`;
export const ownTabPath = ({ project_id, id }: Node) => `/projects/${project_id}/nodes/${id}/page`;

export function PageActions({ node, tabs }: { node: Node; tabs: Tabs }) {
  const isFull = useFullScreen() === paneId(node.id);
  const isPaired = !!tabs.pair?.some((each) => each.id === node.id);
  return (
    <div className={css.actions}>
      {!isFull && tabs.hasRoom && (isPaired ? <Act icon="alone" label={words.pages.alone(node.name)} onAct={() => tabs.alone(node.id)} /> : <BesideMenu tabs={tabs} />)}
      {!isFull && (
        <ActionIcon component="a" href={ownTabPath(node)} target="_blank" rel="noopener" title={words.ownTab} aria-label={words.ownTab} data-testid="own-tab">
          <Icon name="external" />
        </ActionIcon>
      )}
      <FullScreenAct node={node} />
      <CloseNode node={node} />
    </div>
  );
}

/** Both the way in and the visible way out. */
export function FullScreenAct({ node }: { node: Node }) {
  const isFull = useFullScreen() === paneId(node.id);
  if (isFull) {
    return (
      <Button data-testid="leave-full-screen" variant="default" size="compact-sm" leftSection={<Icon name="leaveFullScreen" size={14} />} onClick={leaveFullScreen}>
        {words.pages.leaveFullScreen}
      </Button>
    );
  }
  return canFullScreen() && <Act icon="fullScreen" label={words.pages.fullScreen} onAct={() => enterFullScreen(paneId(node.id))} />;
}

export function CloseNode({ node }: { node: Node }) {
  const stop = useStopNode(node.project_id);
  if (!canClose(node.state)) return null;
  return (
    <Button data-testid="node-close" variant="default" size="compact-sm" title={texts.node.closeKeeps} onClick={() => stop.mutate(node.id)}>
      {texts.node.closeNode}
    </Button>
  );
}

function Act({ icon, label, onAct }: { icon: IconName; label: string; onAct: () => void }) {
  return (
    <ActionIcon title={label} aria-label={label} data-testid={`page-${icon}`} onClick={onAct}>
      <Icon name={icon} />
    </ActionIcon>
  );
}
