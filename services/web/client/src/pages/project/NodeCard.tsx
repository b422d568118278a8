/** A node on the canvas: name, kind, one status line, ports, and progress along the lower edge. */
import type { NodeProps } from "@xyflow/react";
import { memo, useCallback } from "react";
import type { Node } from "../../api/types";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { canOpen, progressOf, statusLine } from "../../lib/nodeState";
import { useSaid } from "../../lib/useNow";
import { texts } from "../../texts";
import css from "./NodeCard.module.css";
import { Ports } from "./Ports";
import { useProjectActions } from "./ProjectActions";
import type { CardNode } from "./useFlowNodes";

/** Drawn anew for its own node only; what ticks or changes with every step is a leaf of its own. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { node, service } = data;
  const { canEdit, open } = useProjectActions();
  return (
    <div
      className={css.card}
      data-testid="node-card"
      data-node-id={node.id}
      data-state={node.state}
      data-selected={selected || undefined}
    >
      <div className={css.head}>
        <Icon name={node.type === "dynamic" ? "interactive" : "compute"} />
        <strong title={node.name}>{node.name}</strong>
        {canEdit && node.type === "dynamic" && canOpen(node.state) && (
          <button
            type="button"
            className={`nodrag ${css.open}`}
            data-testid="node-card-open"
            aria-label={texts.node.openLabel(node.name)}
            title={texts.node.openLabel(node.name)}
            onClick={() => open(node.id)}
          >
            <Icon name="expand" size={14} />
          </button>
        )}
      </div>
      <Status node={node} />
      {service && <Ports service={service} />}
      {node.state === "starting" && <Progress node={node} />}
    </div>
  );
});

function Status({ node }: { node: Node }) {
  const status = useSaid(useCallback((now: number) => statusLine(node, now), [node]));
  return (
    <div className={css.status} title={status}>
      <StateMark state={node.state} />
      <span>{status}</span>
    </div>
  );
}

function Progress({ node }: { node: Node }) {
  const progress = progressOf(node);
  return (
    <div className={css.progress} role="progressbar" aria-label={texts.node.starting} aria-valuenow={progress === null ? undefined : Math.round(progress * 100)}>
      <div style={{ transform: `scaleX(${Math.max(0.04, progress ?? 0.1)})` }} />
    </div>
  );
}
