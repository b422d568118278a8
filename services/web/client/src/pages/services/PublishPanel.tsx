/** Builds a service's image and puts it into the registry: the choice, and what came of it. */
import { Button } from "@mantine/core";
import { useAskJob, useCancelJob, useJob } from "../../api/jobs";
import { ErrorNote } from "../../components/ErrorNote";
import { JobNote } from "../../components/JobNote";
import { outcomeOf, type Published } from "../../lib/publishing";
import { texts } from "../../texts";
import { PublishForm } from "./PublishForm";
import css from "./Publish.module.css";

const words = texts.publish;

type Props = { jobId: string; onBegin: (jobId: string) => void };

export function PublishPanel({ jobId, onBegin }: Props) {
  const ask = useAskJob("publish");
  const cancel = useCancelJob();
  const job = useJob(jobId || null);
  const isBusy = job.data?.state === "waiting" || job.data?.state === "running";
  const result = job.data?.state === "succeeded" ? (job.data.result as Published | null) : null;
  return (
    <section className={css.panel} aria-labelledby="publish" data-testid="publish">
      <h2 id="publish">{words.title}</h2>
      <p>{words.text}</p>
      <PublishForm isBusy={ask.isPending || isBusy} onSend={(inputs) => ask.mutate(inputs, { onSuccess: (begun) => onBegin(begun.id) })} />
      <ErrorNote error={ask.error ?? job.error ?? cancel.error} />
      {job.data && (
        <div className={css.outcome} data-testid="publish-outcome">
          <JobNote job={job.data} say={result ? outcomeOf(result) : words.states[job.data.state as keyof typeof words.states]} />
          {isBusy && (
            <Button variant="default" size="compact-sm" loading={cancel.isPending} onClick={() => cancel.mutate(job.data.id)}>
              {words.cancel}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
