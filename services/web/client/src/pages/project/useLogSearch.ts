/** What is looked for in a log, where it stands, and which of these places is looked at. */
import { useDeferredValue, useMemo, useState } from "react";
import { hitsIn, type Hit, type Line } from "../../lib/logs";

export type LogSearch = {
  query: string;
  setQuery: (query: string) => void;
  hits: Hit[];
  /** Which one is looked at, counted from 0; the first until somebody steps. */
  at: number;
  hit: Hit | null;
  step: (by: 1 | -1) => void;
};

export function useLogSearch(lines: Line[]): LogSearch {
  const [query, setText] = useState("");
  const [chosen, choose] = useState<Hit | null>(null);
  // Typing goes on while thousands of lines are looked through.
  const wanted = useDeferredValue(query);
  const hits = useMemo(() => hitsIn(lines, wanted), [lines, wanted]);
  const found = chosen ? hits.findIndex((hit) => hit.at === chosen.at && hit.nth === chosen.nth) : -1;
  const at = Math.max(0, found);
  return {
    query,
    hits,
    at,
    hit: hits[found] ?? null,
    setQuery: (text) => {
      setText(text);
      choose(null);
    },
    step: (by) => {
      if (!hits.length) return;
      const next = found < 0 ? Math.min(0, by) : found + by;
      choose(hits.at(next % hits.length)!);
    },
  };
}
