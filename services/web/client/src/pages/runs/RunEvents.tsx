/** What a run did, line by line; each line can be searched for and linked to. */
import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useLocation } from "react-router";
import type { RunEvent } from "../../api/types";
import { Icon } from "../../components/Icon";
import { ListSkeleton } from "../../components/ListSkeleton";
import { resultOf } from "../../lib/runGrid";
import { exactOf } from "../../lib/time";
import { texts } from "../../texts";
import { ResultMark } from "./ResultMark";
import css from "./Runs.module.css";

const words = texts.runs;

export function RunEvents({ events }: { events: RunEvent[] | undefined }) {
  const [query, setQuery] = useState("");
  const { hash } = useLocation();
  const isThere = !!events?.length;
  useEffect(() => {
    if (isThere && hash.startsWith("#event-")) document.getElementById(hash.slice(1))?.scrollIntoView({ block: "center" });
  }, [hash, isThere]);

  const text = query.trim().toLowerCase();
  const shown = events?.filter((event) => textOf(event).includes(text));
  return (
    <>
      <div className={css.eventsHead}>
        <h2>{words.events}</h2>
        <TextInput
          size="xs"
          type="search"
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          aria-label={words.searchEvents}
          placeholder={words.searchEvents}
          leftSection={<Icon name="search" size={14} />}
        />
      </div>
      {!events && <ListSkeleton rows={6} height={24} />}
      {events?.length === 0 && <p className={css.dim}>{words.noEvents}</p>}
      {isThere && !shown?.length && <p className={css.dim}>{words.noEventMatch}</p>}
      {!!shown?.length && (
        <ol className={css.events}>
          {shown.map((event) => (
            <EventLine key={event.seq} event={event} isTarget={hash === `#event-${event.seq}`} />
          ))}
        </ol>
      )}
    </>
  );
}

function textOf(event: RunEvent): string {
  return [event.host, event.task, event.item, event.message, event.kind, resultOf(event)].join(" ").toLowerCase();
}

function EventLine({ event, isTarget }: { event: RunEvent; isTarget: boolean }) {
  const result = resultOf(event);
  return (
    <li id={`event-${event.seq}`} data-result={result} data-target={isTarget || undefined}>
      <a href={`#event-${event.seq}`} title={`${exactOf(event.at)}\n${words.linkTo}`}>
        {new Date(event.at).toLocaleTimeString(undefined, { hour12: false })}
      </a>
      <span className={css.result}>
        <ResultMark result={result} /> {result === "other" ? event.kind.replaceAll("_", " ") : words.results[result]}
      </span>
      <span className={css.host} title={event.host ?? undefined}>
        {event.host}
      </span>
      <span className={css.task}>
        {event.task}
        {event.item && <span className={css.item}> {event.item}</span>}
        {event.message && <pre>{event.message}</pre>}
      </span>
    </li>
  );
}
