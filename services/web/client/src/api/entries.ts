/** The event log: who did what. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, take } from "./client";
import { nextBefore, PAGE } from "./pages";
import type { EntryQuery } from "./types";

export type EntryFilter = Pick<EntryQuery, "actor" | "action" | "kind" | "since" | "until" | "node_id" | "project_id">;

export function useEntries(filter: EntryFilter) {
  return useInfiniteQuery({
    queryKey: ["entries", filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam ? { before: pageParam } : {}) };
      return take(api.GET("/api/v0/events", { params: { query } }));
    },
    initialPageParam: 0,
    getNextPageParam: nextBefore,
    placeholderData: (before) => before,
    refetchInterval: 10_000,
  });
}

/** Where all that match are, as JSON lines. */
export function entriesFile(filter: EntryFilter): string {
  const wanted = Object.entries(filter).filter((each): each is [string, string] => !!each[1]);
  return `/api/v0/events?${new URLSearchParams([...wanted, ["format", "jsonl"]])}`;
}
