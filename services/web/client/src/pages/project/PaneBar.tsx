/** The thin bar over one page, where the tabs alone do not say whose it is. */
import type { ReactNode } from "react";
import type { Node } from "../../api/types";
import { StateMark } from "../../components/StateMark";
import css from "./Pages.module.css";

export function PaneBar({ node, children }: { node: Node; children: ReactNode }) {
  return (
    <header className={css.bar} data-testid="pane-bar">
      <StateMark state={node.state} size={10} />
      <strong title={node.name}>{node.name}</strong>
      {children}
    </header>
  );
}
