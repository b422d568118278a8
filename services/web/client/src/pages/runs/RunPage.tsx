import { Link, useParams } from "react-router";
import { useRun, useRunEvents } from "../../api/runs";
import { useUser } from "../../api/session";
import type { RunDetail } from "../../api/types";
import { Ago } from "../../components/Ago";
import { CopyButton } from "../../components/CopyButton";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import { ListSkeleton } from "../../components/ListSkeleton";
import list from "../../components/List.module.css";
import { PageHead } from "../../components/PageHead";
import { StateMark } from "../../components/StateMark";
import { texts } from "../../texts";
import { RunEvents } from "./RunEvents";
import css from "./Runs.module.css";
import { Took } from "./Took";

const words = texts.runs;

export function RunPage() {
  const user = useUser();
  const { id = "" } = useParams();
  if (user?.role !== "admin") return <EmptyState title={words.notForYouTitle} text={words.notForYouText} />;
  return <RunView key={id} id={id} />;
}

function RunView({ id }: { id: string }) {
  const run = useRun(id);
  const events = useRunEvents(id, run.data?.state === "running");
  return (
    <div className={list.page}>
      <Link to="/runs" className={css.back}>
        <Icon name="back" size={14} /> {words.back}
      </Link>
      <PageHead title={run.data?.playbook ?? words.title} />
      <ErrorNote error={run.error} onRetry={() => void run.refetch()} />
      {run.data ? <RunSummary run={run.data} /> : run.isPending && <ListSkeleton rows={2} />}
      <h2 className={css.heading}>{words.events}</h2>
      <ErrorNote error={events.error} onRetry={() => void events.refetch()} />
      <RunEvents events={events.data} />
    </div>
  );
}

function RunSummary({ run }: { run: RunDetail }) {
  return (
    <>
      <p className={css.summary}>
        <StateMark state={run.state} /> {words.states[run.state]} · <Took run={run} /> · <Ago at={run.started_at} />
      </p>
      {run.message && <p className={css.said}>{run.message}</p>}
      <h2 className={css.heading}>{words.command}</h2>
      <div className={css.command}>
        <pre tabIndex={0}>{run.command}</pre>
        <CopyButton text={run.command} />
      </div>
    </>
  );
}
