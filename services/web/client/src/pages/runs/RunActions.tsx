/** Cancel a live run; take any run's inputs away to repeat it by hand. */
import { Button } from "@mantine/core";
import { useCancelRun } from "../../api/runs";
import type { RunDetail } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { download } from "../../lib/download";
import { texts } from "../../texts";

const words = texts.runs;

export function RunActions({ run }: { run: RunDetail }) {
  const cancel = useCancelRun(run.id);
  const isAsked = !!run.cancel_asked_at || cancel.isPending;
  return (
    <>
      <ErrorNote error={cancel.error} />
      <Button variant="default" onClick={() => download("inputs.json", JSON.stringify(run.inputs, null, 2), "application/json")}>
        {words.inputs}
      </Button>
      {run.state === "running" && (
        <Button data-testid="run-cancel" color="red" variant="outline" title={words.cancelMeaning} disabled={isAsked} onClick={() => cancel.mutate()}>
          {isAsked ? words.cancelling : words.cancel}
        </Button>
      )}
    </>
  );
}
