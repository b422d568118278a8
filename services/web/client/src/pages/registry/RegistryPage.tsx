import { SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useRegistry } from "../../api/registry";
import { Ago } from "../../components/Ago";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { ListSkeleton } from "../../components/ListSkeleton";
import { PageHead } from "../../components/PageHead";
import { SearchField } from "../../components/SearchField";
import { useFilter } from "../../components/useFilter";
import { bytesOf } from "../../lib/bytes";
import { texts } from "../../texts";
import { ImageRow } from "./ImageRow";
import { PrunePanel } from "./PrunePanel";
import css from "./Registry.module.css";

const words = texts.registry;
const SHOWN = Object.entries(words.shown).map(([value, label]) => ({ value: value === "all" ? "" : value, label }));

export function RegistryPage() {
  const [keep, setKeep] = useState(3);
  const [settled] = useDebouncedValue(keep, 400);
  const registry = useRegistry(settled);
  const [query, setQuery] = useFilter("q");
  const [only, setOnly] = useFilter("show");
  const { data } = registry;
  const text = query.trim().toLowerCase();
  const shown = (data?.images ?? []).filter(
    (image) =>
      (only === "" || (only === "going") === (image.uses.length === 0)) &&
      `${image.repository} ${image.tags.join(" ")} ${image.digest} ${image.uses.map((use) => use.name).join(" ")}`.toLowerCase().includes(text),
  );
  return (
    <div className={list.page}>
      <PageHead title={words.title}>
        <SearchField value={query} onChange={setQuery} label={words.search} />
      </PageHead>
      <ErrorNote error={registry.error} onRetry={() => void registry.refetch()} />
      {registry.isPending && <ListSkeleton />}
      {data && (
        <>
          <p className={css.summary}>
            {words.summary(data.images.length, bytesOf(data.bytes))} <Ago at={data.read_at} say={words.readAt} />
          </p>
          {data.images.length > 0 && <PrunePanel plan={data.plan} keep={keep} onKeep={setKeep} isOld={keep !== data.plan.keep} />}
          {!data.images.length && <EmptyState title={words.emptyTitle} text={words.emptyText} />}
          {data.images.length > 0 && (
            <SegmentedControl className={css.filter} size="xs" aria-label={words.filter} value={only} onChange={setOnly} data={SHOWN} />
          )}
          {data.images.length > 0 && !shown.length && <EmptyState title={texts.cockpit.noMatch} />}
          {shown.length > 0 && (
            <ul className={list.list}>
              {shown.map((image) => (
                <ImageRow key={`${image.repository}@${image.digest}`} image={image} />
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}
