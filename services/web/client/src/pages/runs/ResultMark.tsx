/** A task's result as a sign first and a colour second. */
import type { Result } from "../../lib/runGrid";
import css from "./RunGrid.module.css";

const signs: Record<Result, string> = { ok: "✓", changed: "±", failed: "▲", unreachable: "▲", skipped: "–", other: "·" };

export function ResultMark({ result }: { result: Result }) {
  return (
    <span aria-hidden className={css.mark} data-result={result}>
      {signs[result]}
    </span>
  );
}
