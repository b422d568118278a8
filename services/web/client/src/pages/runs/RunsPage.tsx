import { SegmentedControl } from "@mantine/core";
import { Link } from "react-router";
import { useRuns } from "../../api/runs";
import type { RunState } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { useRowKeys } from "../../components/useRowKeys";
import { texts } from "../../texts";
import { RunRow } from "./RunRow";
import css from "./Runs.module.css";

const words = texts.runs;
const STATES = [{ value: "", label: words.all }, ...Object.entries(words.states).map(([value, label]) => ({ value, label }))];

export function RunsPage() {
  const [query, setQuery] = useFilter("q");
  const [state, setState] = useFilter("state");
  const [nodeId] = useFilter("node");
  const runs = useRuns({ ...(state && { state: state as RunState }), ...(nodeId && { node_id: nodeId }) });
  const rows = useRowKeys<HTMLUListElement>();
  const all = runs.data?.pages.flat() ?? [];
  const text = query.trim().toLowerCase();
  const shown = all.filter((run) =>
    `${run.playbook} ${words.states[run.state]} ${run.message ?? ""} ${run.id}`.toLowerCase().includes(text),
  );
  const isFiltered = !!(state || nodeId);

  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <SearchField value={query} onChange={setQuery} label={words.search} />
      </PageHead>
      <SegmentedControl className={css.filter} size="xs" aria-label={words.filter} value={state} onChange={setState} data={STATES} />
      {nodeId && (
        <p className={css.dim}>
          {words.ofNode(nodeId.slice(0, 8))} · <Link to="/runs">{words.ofAll}</Link>
        </p>
      )}
      <ErrorNote error={runs.error} onRetry={() => void runs.refetch()} />
      {runs.isPending && <ListSkeleton height={44} />}
      {runs.data && !all.length && !isFiltered && <EmptyState title={words.emptyTitle} text={words.emptyText} />}
      {runs.data && !shown.length && (isFiltered || all.length > 0) && <EmptyState title={words.noMatch} />}
      {shown.length > 0 && (
        <ul ref={rows} className={list.list}>
          {shown.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
      )}
      <More query={runs} />
    </div>
  );
}
