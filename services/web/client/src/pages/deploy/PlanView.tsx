/** What a plan would change, and the way to apply exactly that. */
import { useEffect } from "react";
import { Button } from "@mantine/core";
import { useAskJob, useJob, useJobs } from "../../api/jobs";
import { isAway } from "../../api/errors";
import { forgetDeployments } from "../../api/platform";
import type { Plan } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { JobNote } from "../../components/JobNote";
import { texts } from "../../texts";
import css from "./Deploy.module.css";
import { PlanTable } from "./PlanTable";

const words = texts.deploy;

export function PlanView({ jobId, onDiscard }: { jobId: string; onDiscard: () => void }) {
  const { data: job, error } = useJob(jobId);
  const apply = useAskJob("deploy");
  const before = useJobs("deploy").data?.find((each) => each.inputs.plan === jobId);
  const { data: deploy } = useJob(apply.data?.id ?? before?.id ?? null);
  const plan = job?.state === "succeeded" ? (job.result as Plan | null) : null;
  const changes = plan?.parts.some((row) => row.is_changed) ?? false;
  const isOver = deploy && !["waiting", "running"].includes(deploy.state);
  // The history names what could be gone back to: not what was there before.
  useEffect(() => {
    if (isOver) forgetDeployments();
  }, [isOver]);
  return (
    <section className={css.section} aria-labelledby="plan" data-testid="plan">
      <h2 id="plan">{words.planTitle}</h2>
      <ErrorNote error={(deploy && !isOver && isAway(error) ? null : error) ?? apply.error} />
      {job && !plan && <JobNote job={job} say={["waiting", "running"].includes(job.state) ? words.planning : undefined} />}
      {plan && (changes ? <PlanTable plan={plan} /> : <p>{words.planNothing}</p>)}
      {deploy && <JobNote job={deploy} say={deploy.state === "succeeded" ? words.applied : isOver ? undefined : words.applying} />}
      <div className={css.actions}>
        <Button variant="default" onClick={onDiscard}>
          {words.discard}
        </Button>
        {plan && changes && !isOver && (
          <Button loading={apply.isPending || !!apply.data || !!deploy} onClick={() => apply.mutate({ plan: jobId })}>
            {words.apply}
          </Button>
        )}
      </div>
    </section>
  );
}
