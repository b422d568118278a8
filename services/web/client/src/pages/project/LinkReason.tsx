/** While a line is drawn: why the port under the pointer does not take it. */
import { Panel, useConnection } from "@xyflow/react";
import { StateMark } from "../../components/StateMark";
import css from "./Canvas.module.css";
import type { useFlowLinks } from "./useFlowLinks";

type Props = { problem: ReturnType<typeof useFlowLinks>["problem"] };

export function LinkReason({ problem }: Props) {
  const { inProgress, fromHandle, toHandle } = useConnection();
  if (!inProgress || !toHandle || fromHandle.nodeId === toHandle.nodeId && fromHandle.id === toHandle.id) return null;
  const [output, input] = fromHandle.type === "source" ? [fromHandle, toHandle] : [toHandle, fromHandle];
  const reason = problem({ source: output.nodeId, sourceHandle: output.id ?? null, target: input.nodeId, targetHandle: input.id ?? null });
  if (!reason) return null;
  return (
    <Panel position="top-center">
      <div className={css.reason} role="status" data-testid="link-reason">
        <StateMark state="failed" size={10} /> {reason}
      </div>
    </Panel>
  );
}
