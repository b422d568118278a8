import type { BrokenService } from "../../api/types";
import list from "../../components/List.module.css";
import { StateMark } from "../../components/StateMark";
import css from "./Services.module.css";

export function BrokenRow({ broken }: { broken: BrokenService }) {
  return (
    <li className={`${list.row} ${css.row}`} data-testid="broken-row">
      <span className={css.icon}>
        <StateMark state="failed" />
      </span>
      <div className={css.what}>
        <strong>{broken.reason}</strong>
        <code title={broken.digest}>{broken.image}</code>
      </div>
    </li>
  );
}
