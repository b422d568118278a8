/** What a run did, line by line; each line can be linked to. */
import { useLocation } from "react-router";
import type { RunEvent } from "../../api/types";
import { ListSkeleton } from "../../components/ListSkeleton";
import { exactOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./Runs.module.css";

const marks: Record<string, string> = { ok: "✓", changed: "±", failed: "▲", unreachable: "▲", skipped: "–" };

function resultOf(event: RunEvent): string {
  const kind = event.kind.replace(/^runner_(on_|item_on_)?/, "").replace(/^playbook_(on_)?/, "");
  return kind === "ok" && event.changed ? texts.runs.changed : kind.replaceAll("_", " ");
}

export function RunEvents({ events }: { events: RunEvent[] | undefined }) {
  const { hash } = useLocation();
  if (!events) return <ListSkeleton rows={6} height={24} />;
  if (!events.length) return <p className={css.dim}>{texts.runs.noEvents}</p>;
  return (
    <ol className={css.events}>
      {events.map((event) => {
        const result = resultOf(event);
        return (
          <li key={event.seq} id={`event-${event.seq}`} data-result={result} data-target={hash === `#event-${event.seq}` || undefined}>
            <a href={`#event-${event.seq}`} title={exactOf(event.at)}>
              {new Date(event.at).toLocaleTimeString(undefined, { hour12: false })}
            </a>
            <span className={css.result}>
              <span aria-hidden>{marks[result] ?? "·"}</span> {result}
            </span>
            <span className={css.host}>{event.host}</span>
            <span className={css.task}>
              {event.task}
              {event.message && <pre>{event.message}</pre>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
