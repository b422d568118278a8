import { useAskJob, useJobs } from "../../api/jobs";
import { useDeployments, useParts } from "../../api/platform";
import { ErrorNote } from "../../components/ErrorNote";
import { JobNote } from "../../components/JobNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { useFilter } from "../../components/useFilter";
import { texts } from "../../texts";
import { Choice } from "./Choice";
import { History } from "./History";
import { PlanView } from "./PlanView";

const words = texts.deploy;

export function DeployPage() {
  const parts = useParts();
  const deployments = useDeployments();
  const ask = useAskJob("deploy-plan");
  // In the address: a page that is loaded again, for web was replaced, shows the same plan.
  const [planId, setPlanId] = useFilter("plan");
  const underWay = useJobs("deploy").data?.find((job) => job.state === "running" && job.inputs.plan !== planId);
  const plan = (inputs: Record<string, unknown>) => ask.mutate(inputs, { onSuccess: (job) => setPlanId(job.id) });
  return (
    <div className={list.page}>
      <PageHead title={words.title} />
      <ErrorNote error={parts.error} onRetry={() => void parts.refetch()} />
      {underWay && <JobNote job={underWay} say={words.applying} />}
      {parts.isPending && <ListSkeleton rows={5} height={44} />}
      {parts.data && <Choice parts={parts.data} isBusy={ask.isPending} onPlan={(images) => plan({ images })} />}
      <ErrorNote error={ask.error} />
      {planId && <PlanView key={planId} jobId={planId} onDiscard={() => setPlanId("")} />}
      <ErrorNote error={deployments.error} onRetry={() => void deployments.refetch()} />
      {deployments.data && <History deployments={deployments.data} onRollBack={(deployment) => plan({ deployment })} />}
    </div>
  );
}
