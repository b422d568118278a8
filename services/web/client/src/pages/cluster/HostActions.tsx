/** Drain a host, after naming whose nodes would move; or activate it. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useJob } from "../../api/jobs";
import { useChangeAvailability } from "../../api/platform";
import type { Host } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { JobNote } from "../../components/JobNote";
import { isDrained } from "../../lib/platform";
import { texts } from "../../texts";
import css from "./Cluster.module.css";
import { DrainDialog } from "./DrainDialog";

const words = texts.cluster;

export function HostActions({ host }: { host: Host }) {
  const [isAsking, setAsking] = useState(false);
  const change = useChangeAvailability(host.id);
  const { data: job } = useJob(change.data?.id ?? null);
  const isBusy = change.isPending || (!!change.data && (!job || ["waiting", "running"].includes(job.state)));
  const act = () => (isDrained(host) ? change.mutate("active") : setAsking(true));
  const why = isDrained(host) ? null : host.cannot_drain;
  return (
    <div className={css.actions}>
      <Button variant="default" disabled={!!why} loading={isBusy} onClick={act}>
        {isDrained(host) ? words.activate : words.drain}
      </Button>
      {why && <p className={css.why}>{why}</p>}
      <ErrorNote error={isAsking ? null : change.error} />
      {job && (isBusy || job.state === "failed") && <JobNote job={job} say={isBusy ? words.changing : undefined} />}
      {isAsking && (
        <DrainDialog host={host} onClose={() => setAsking(false)} onDrain={() => (change.mutate("drain"), setAsking(false))} />
      )}
    </div>
  );
}
