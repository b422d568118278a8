/** Playbook runs. */
import { useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, take } from "./client";
import type { RunEvent } from "./types";

export function useRuns() {
  return useQuery({ queryKey: ["runs"], queryFn: () => take(api.GET("/api/v0/runs")), refetchInterval: 3_000 });
}

export function useRun(run_id: string) {
  return useQuery({
    queryKey: ["run", run_id],
    queryFn: () => take(api.GET("/api/v0/runs/{run_id}", { params: { path: { run_id } } })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? 1_000 : false),
  });
}

/** A run's events, asked for from the last known one on while the run is live. */
export function useRunEvents(run_id: string, isLive: boolean) {
  const queryKey = ["run-events", run_id];
  return useQuery({
    queryKey,
    queryFn: async () => {
      const known = cache.getQueryData<RunEvent[]>(queryKey) ?? [];
      const after = known.at(-1)?.seq ?? 0;
      const fresh = await take(
        api.GET("/api/v0/runs/{run_id}/events", { params: { path: { run_id }, query: { after } } }),
      );
      return [...known, ...fresh.filter((event) => event.seq > after)];
    },
    refetchInterval: isLive ? 1_000 : false,
  });
}
