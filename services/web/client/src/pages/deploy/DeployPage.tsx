import { useAskJob, useJobs } from "../../api/jobs";
import { isAway } from "../../api/errors";
import { useDeployments, useParts } from "../../api/platform";
import { ErrorNote } from "../../components/ErrorNote";
import { JobNote } from "../../components/JobNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { useFilter } from "../../components/useFilter";
import { texts } from "../../texts";
import { StateMark } from "../../components/StateMark";
import { Choice } from "./Choice";
import css from "./Deploy.module.css";
import { History } from "./History";
import { PlanView } from "./PlanView";

const words = texts.deploy;

export function DeployPage() {
  const parts = useParts();
  const deployments = useDeployments();
  const ask = useAskJob("deploy-plan");
  // In the address: a page that is loaded again, for web was replaced, shows the same plan.
  const [planId, setPlanId] = useFilter("plan");
  const running = useJobs("deploy").data?.find((job) => job.state === "running");
  const underWay = running?.inputs.plan !== planId ? running : undefined;
  // A deployment may restart what answers here: then silence is what was to be expected.
  const isExpected = (error: unknown) => !!running && isAway(error);
  const isRestarting = [parts.error, deployments.error].some(isExpected);
  const plan = (inputs: Record<string, unknown>) => ask.mutate(inputs, { onSuccess: (job) => setPlanId(job.id) });
  return (
    <div className={list.page}>
      <PageHead title={words.title} />
      {isRestarting && (
        <p role="status" className={css.restarting} data-testid="restarting">
          <StateMark state="starting" /> {words.restarting}
        </p>
      )}
      {!isExpected(parts.error) && <ErrorNote error={parts.error} onRetry={() => void parts.refetch()} />}
      {underWay && <JobNote job={underWay} say={words.applying} />}
      {parts.isPending && <ListSkeleton rows={5} height={44} />}
      {parts.data && <Choice parts={parts.data} isBusy={ask.isPending} onPlan={(images) => plan({ images })} onMend={() => plan({ mend: true })} />}
      <ErrorNote error={ask.error} />
      {planId && <PlanView key={planId} jobId={planId} onDiscard={() => setPlanId("")} />}
      {!isExpected(deployments.error) && <ErrorNote error={deployments.error} onRetry={() => void deployments.refetch()} />}
      {deployments.data && <History deployments={deployments.data} onRollBack={(deployment) => plan({ deployment })} />}
    </div>
  );
}
