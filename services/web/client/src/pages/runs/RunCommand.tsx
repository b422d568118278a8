import type { RunDetail } from "../../api/types";
import { CopyButton } from "../../components/CopyButton";
import { texts } from "../../texts";
import css from "./Runs.module.css";

const words = texts.runs;

export function RunCommand({ run }: { run: RunDetail }) {
  return (
    <>
      <h2 className={css.heading}>{words.command}</h2>
      <div className={css.command}>
        <pre tabIndex={0}>{run.command}</pre>
        <CopyButton text={run.command} />
      </div>
      <p className={css.hint}>{words.commandHint}</p>
    </>
  );
}
