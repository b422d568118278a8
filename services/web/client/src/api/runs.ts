/** Playbook runs, and how a live one is followed. */
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { cache } from "./cache";
import { api, take } from "./client";
import { nextBefore, PAGE } from "./pages";
import type { Run, RunDetail, RunEvent, RunState } from "./types";

export type RunFilter = { state?: RunState; node_id?: string };

const runKey = (id: string) => ["run", id] as const;
const eventsKey = (id: string) => ["run-events", id] as const;
/** Events that arrive within this time (ms) are drawn together. */
const GATHER = 100;

export function useRuns(filter: RunFilter) {
  return useInfiniteQuery({
    queryKey: ["runs", filter],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, limit: PAGE, ...(pageParam ? { before: pageParam } : {}) };
      return take(api.GET("/api/v0/runs", { params: { query } }));
    },
    initialPageParam: "",
    getNextPageParam: nextBefore<Run>,
    placeholderData: (before) => before,
    refetchInterval: 3_000,
  });
}

export function useRun(run_id: string) {
  return useQuery({
    queryKey: runKey(run_id),
    queryFn: () => take(api.GET("/api/v0/runs/{run_id}", { params: { path: { run_id } } })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? 2_000 : false),
  });
}

export function useCancelRun(run_id: string) {
  return useMutation({
    mutationFn: () => take(api.POST("/api/v0/runs/{run_id}/cancel", { params: { path: { run_id } } })),
    onSuccess: (run) => storeRun(run_id, run),
  });
}

/** A run's events: those that were, and while it is live those that come. */
export function useRunEvents(run_id: string, isLive: boolean) {
  const [isStreamed, setStreamed] = useState(true);
  const query = useQuery({
    queryKey: eventsKey(run_id),
    queryFn: async () => {
      const known = cache.getQueryData<RunEvent[]>(eventsKey(run_id)) ?? [];
      const after = known.at(-1)?.seq ?? 0;
      const fresh = await take(
        api.GET("/api/v0/runs/{run_id}/events", { params: { path: { run_id }, query: { after } } }),
      );
      return joined(known, fresh);
    },
    refetchInterval: isLive && !isStreamed ? 1_000 : false,
  });
  const isReady = query.isSuccess;
  const { refetch } = query;
  useEffect(() => {
    if (isLive && isReady) return follow(run_id, () => setStreamed(false));
    // What came between the last event and the end of the run.
    if (isReady) void refetch();
    return undefined;
  }, [run_id, isLive, isReady, refetch]);
  return query;
}

/** Puts the stream's events into the cache; `onClosed` when the browser will not try again by itself. */
function follow(id: string, onClosed: () => void): () => void {
  const after = cache.getQueryData<RunEvent[]>(eventsKey(id))?.at(-1)?.seq ?? 0;
  const source = new EventSource(`/api/v0/runs/${encodeURIComponent(id)}/events?stream=1&after=${after}`);
  let fresh: RunEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    cache.setQueryData<RunEvent[]>(eventsKey(id), (known) => joined(known ?? [], fresh));
    [fresh, timer] = [[], undefined];
  };
  source.addEventListener("run_event", (event) => {
    fresh.push(JSON.parse((event as MessageEvent<string>).data) as RunEvent);
    timer ??= setTimeout(flush, GATHER);
  });
  source.addEventListener("run", (event) => {
    source.close();
    storeRun(id, JSON.parse((event as MessageEvent<string>).data) as Run);
  });
  source.onerror = () => source.readyState === EventSource.CLOSED && onClosed();
  return () => {
    source.close();
    clearTimeout(timer);
    flush();
  };
}

function joined(known: RunEvent[], fresh: RunEvent[]): RunEvent[] {
  const last = known.at(-1)?.seq ?? 0;
  const later = fresh.filter((event) => event.seq > last);
  return later.length ? [...known, ...later] : known;
}

function storeRun(id: string, run: Run): void {
  cache.setQueryData<RunDetail>(runKey(id), (known) => known && { ...known, ...run });
  void cache.invalidateQueries({ queryKey: ["runs"] });
}
