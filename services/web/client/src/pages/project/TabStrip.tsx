/** The open pages of nodes, beside the canvas they came from. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useStopNode } from "../../api/nodes";
import type { Node } from "../../api/types";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { canClose } from "../../lib/nodeState";
import { texts } from "../../texts";
import css from "./TabStrip.module.css";
import type { Tabs } from "./useTabs";

const words = texts.project;

export function TabStrip({ projectId, tabs }: { projectId: string; tabs: Tabs }) {
  if (!tabs.opened.length) return null;
  return (
    <div className={css.strip}>
      <nav className={css.tabs} aria-label={words.tabs}>
        <div className={css.tab} data-active={!tabs.active || undefined}>
          <button
            type="button"
            data-testid="tab-canvas"
            aria-current={tabs.active ? undefined : "page"}
            title={words.escHint}
            onClick={tabs.toCanvas}
          >
            <Icon name="projects" size={14} />
            {words.canvas}
          </button>
        </div>
        {tabs.opened.map((node) => (
          <NodeTab key={node.id} node={node} tabs={tabs} />
        ))}
      </nav>
      {tabs.active && <PageActions projectId={projectId} node={tabs.active} />}
    </div>
  );
}

function NodeTab({ node, tabs }: { node: Node; tabs: Tabs }) {
  const isActive = tabs.active?.id === node.id;
  return (
    <div className={css.tab} data-active={isActive || undefined}>
      <button
        type="button"
        data-testid="tab-node"
        data-node-id={node.id}
        aria-current={isActive ? "page" : undefined}
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

function PageActions({ projectId, node }: { projectId: string; node: Node }) {
  const stop = useStopNode(projectId);
  return (
    <div className={css.actions}>
      {node.state === "running" && node.url && (
        <Tooltip label={words.ownTab}>
          <ActionIcon component="a" href={node.url} target="_blank" rel="noopener" aria-label={words.ownTab}>
            <Icon name="external" />
          </ActionIcon>
        </Tooltip>
      )}
      {canClose(node.state) && (
        <Tooltip label={texts.node.closeKeeps}>
          <Button data-testid="node-close" variant="default" size="compact-sm" onClick={() => stop.mutate(node.id)}>
            {texts.node.closeNode}
          </Button>
        </Tooltip>
      )}
    </div>
  );
}
