import { Link } from "react-router";
import type { Run } from "../../api/types";
import { Ago } from "../../components/Ago";
import { StateMark } from "../../components/StateMark";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import css from "./Runs.module.css";
import { Took } from "./Took";

export function RunRow({ run }: { run: Run }) {
  return (
    <li className={`${list.row} ${css.row}`} data-testid="run-row" data-run-id={run.id} data-state={run.state}>
      <span className={css.state}>
        <StateMark state={run.state} />
        {texts.runs.states[run.state]}
      </span>
      <span className={css.what}>
        <Link to={`/runs/${run.id}`} data-row className={list.main}>
          {run.playbook}
        </Link>
        {run.message && <span className={css.message}>{run.message}</span>}
      </span>
      <span className={css.took}>
        <Took run={run} />
      </span>
      <span className={css.when}>
        <Ago at={run.started_at} />
      </span>
    </li>
  );
}
