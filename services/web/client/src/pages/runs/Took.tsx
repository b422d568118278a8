/** How long a run took, or has been going on. */
import type { Run } from "../../api/types";
import { useNow } from "../../lib/useNow";
import { lengthOf } from "../../lib/time";

export function Took({ run }: { run: Pick<Run, "started_at" | "finished_at" | "duration"> }) {
  const now = useNow();
  const ms = run.duration != null ? run.duration * 1_000 : (run.finished_at ? Date.parse(run.finished_at) : now) - Date.parse(run.started_at);
  return <>{ms < 10_000 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : lengthOf(ms)}</>;
}
