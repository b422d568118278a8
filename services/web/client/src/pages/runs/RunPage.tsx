import { useState } from "react";
import { Link, useParams } from "react-router";
import { useRun, useRunEvents } from "../../api/runs";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { cellKey, gridOf } from "../../lib/runGrid";
import { texts } from "../../texts";
import { CellOutput } from "./CellOutput";
import { RunActions } from "./RunActions";
import { RunCommand } from "./RunCommand";
import { RunEvents } from "./RunEvents";
import { RunGrid } from "./RunGrid";
import css from "./Runs.module.css";
import { RunSummary } from "./RunSummary";
import { TaskBars } from "./TaskBars";

const words = texts.runs;

export function RunPage() {
  const { id = "" } = useParams();
  return <RunView key={id} id={id} />;
}

function RunView({ id }: { id: string }) {
  const run = useRun(id);
  const isLive = run.data?.state === "running";
  const events = useRunEvents(id, isLive);
  const [chosen, setChosen] = useState<string | null>(null);
  const grid = gridOf(events.data ?? []);
  const cell = chosen ? grid.cells.get(chosen) : undefined;
  return (
    <div className={`${list.page} ${css.wide}`}>
      <Link to="/runs" className={css.back}>
        <Icon name="back" size={14} /> {words.back}
      </Link>
      <PageHead title={run.data?.playbook ?? words.title}>{run.data && <RunActions run={run.data} />}</PageHead>
      <ErrorNote error={run.error} onRetry={() => void run.refetch()} />
      {run.data ? <RunSummary run={run.data} /> : run.isPending && <ListSkeleton rows={2} />}
      {grid.tasks.length > 0 && (
        <>
          <h2 className={css.heading}>{words.grid}</h2>
          <RunGrid grid={grid} chosen={chosen} onChoose={setChosen} live={isLive ? events.data?.at(-1) : undefined} />
          {cell && <CellOutput cell={cell} onClose={() => setChosen(null)} />}
          <h2 className={css.heading}>{words.tasks}</h2>
          <TaskBars
            tasks={grid.tasks}
            onChoose={(task) => {
              const host = grid.hosts.find((each) => grid.cells.has(cellKey(each, task)));
              if (host) setChosen(cellKey(host, task));
            }}
          />
        </>
      )}
      {run.data && <RunCommand run={run.data} />}
      <ErrorNote error={events.error} onRetry={() => void events.refetch()} />
      <RunEvents events={events.data} />
    </div>
  );
}
