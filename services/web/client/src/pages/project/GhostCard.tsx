import type { NodeProps } from "@xyflow/react";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { texts } from "../../texts";
import css from "./NodeCard.module.css";
import type { GhostNode } from "./useGhosts";

export function GhostCard({ data }: NodeProps<GhostNode>) {
  return (
    <div className={css.card} data-ghost>
      <div className={css.head}>
        <Icon name={data.type === "dynamic" ? "interactive" : "compute"} />
        <strong>{data.name}</strong>
      </div>
      <div className={css.status}>
        <StateMark state="created" />
        <span>{texts.canvas.adding}</span>
      </div>
    </div>
  );
}
