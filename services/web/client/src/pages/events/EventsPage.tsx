import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useSearchParams } from "react-router";
import { entriesFile, useEntries, type EntryFilter } from "../../api/entries";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { More } from "../../components/More";
import { PageHead } from "../../components/PageHead";
import { texts } from "../../texts";
import { EntryFilters } from "./EntryFilters";
import { EntryRow } from "./EntryRow";

const words = texts.entries;
const NAMES = ["actor", "action", "kind", "since", "until", "node_id", "project_id"] as const;

/** What the address asks for; days and hours are the reader's, the server's are UTC. */
function filterOf(params: URLSearchParams): EntryFilter {
  const filter: EntryFilter = {};
  for (const name of NAMES) {
    const value = params.get(name)?.trim();
    const moment = name === "since" || name === "until" ? Date.parse(value ?? "") : null;
    if (value && !Number.isNaN(moment)) filter[name] = moment === null ? value : new Date(moment).toISOString();
  }
  return filter;
}

export function EventsPage() {
  const [params] = useSearchParams();
  const [settled] = useDebouncedValue(params.toString(), 300);
  const filter = filterOf(new URLSearchParams(settled));
  const entries = useEntries(filter);
  const all = entries.data?.pages.flat() ?? [];
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <Button component="a" variant="default" href={entriesFile(filter)} download="events.jsonl">
          {words.export}
        </Button>
      </PageHead>
      <EntryFilters />
      <ErrorNote error={entries.error} onRetry={() => void entries.refetch()} />
      {entries.isPending && <ListSkeleton height={44} />}
      {entries.data && !all.length && (isFiltered ? <EmptyState title={texts.cockpit.noMatch} /> : <EmptyState title={words.emptyTitle} text={words.emptyText} />)}
      {all.length > 0 && (
        <ul className={list.list}>
          {all.map((entry) => (
            <EntryRow key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      <More query={entries} />
    </div>
  );
}
