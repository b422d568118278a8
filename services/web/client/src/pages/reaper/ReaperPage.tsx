import { useReaps } from "../../api/reaps";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { texts } from "../../texts";
import { ReapRow } from "./ReapRow";

const words = texts.reaper;

export function ReaperPage() {
  const reaps = useReaps();
  const [query, setQuery] = useFilter("q");
  const all = reaps.data?.pages.flat() ?? [];
  const text = query.trim().toLowerCase();
  const shown = all.filter((each) => `${each.sentence} ${each.name} ${each.kind} ${each.node_id}`.toLowerCase().includes(text));
  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <SearchField value={query} onChange={setQuery} label={words.search} />
      </PageHead>
      <ErrorNote error={reaps.error} onRetry={() => void reaps.refetch()} />
      {reaps.isPending && <ListSkeleton />}
      {reaps.data && !all.length && <EmptyState title={words.emptyTitle} text={words.emptyText} />}
      {all.length > 0 && !shown.length && <EmptyState title={texts.cockpit.noMatch} />}
      {shown.length > 0 && (
        <ul className={list.list}>
          {shown.map((reap) => (
            <ReapRow key={reap.id} reap={reap} />
          ))}
        </ul>
      )}
      <More query={reaps} />
    </div>
  );
}
