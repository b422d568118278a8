import { useState } from "react";
import { useRuns } from "../../api/runs";
import { useUser } from "../../api/session";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { ListSkeleton } from "../../components/ListSkeleton";
import list from "../../components/List.module.css";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useRowKeys } from "../../components/useRowKeys";
import { texts } from "../../texts";
import { RunRow } from "./RunRow";

const words = texts.runs;

export function RunsPage() {
  const user = useUser();
  return user?.role === "admin" ? <Runs /> : <EmptyState title={words.notForYouTitle} text={words.notForYouText} />;
}

function Runs() {
  const runs = useRuns();
  const [query, setQuery] = useState("");
  const rows = useRowKeys<HTMLUListElement>();
  const text = query.trim().toLowerCase();
  const shown = (runs.data ?? []).filter((run) =>
    `${run.playbook} ${words.states[run.state]} ${run.message ?? ""} ${run.id}`.toLowerCase().includes(text),
  );

  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <SearchField value={query} onChange={setQuery} label={words.search} />
      </PageHead>
      <ErrorNote error={runs.error} onRetry={() => void runs.refetch()} />
      {runs.isPending && <ListSkeleton height={44} />}
      {runs.data?.length === 0 && <EmptyState title={words.emptyTitle} text={words.emptyText} />}
      {!!runs.data?.length && !shown.length && <EmptyState title={words.noMatch} />}
      {shown.length > 0 && (
        <ul ref={rows} className={list.list}>
          {shown.map((run) => (
            <RunRow key={run.id} run={run} />
          ))}
        </ul>
      )}
    </div>
  );
}
