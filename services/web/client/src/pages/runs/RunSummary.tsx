import type { RunDetail } from "../../api/types";
import { Ago } from "../../components/Ago";
import { StateMark } from "../../components/StateMark";
import { texts } from "../../texts";
import css from "./Runs.module.css";
import { Took } from "./Took";

export function RunSummary({ run }: { run: RunDetail }) {
  return (
    <>
      <p className={css.summary} data-testid="run-state" data-state={run.state}>
        <StateMark state={run.state} /> {texts.runs.states[run.state]} · <Took run={run} /> · <Ago at={run.started_at} />
      </p>
      {run.message && (
        <p className={css.said} data-failed={run.state === "failed" || undefined}>
          {run.message}
        </p>
      )}
    </>
  );
}
