/** Jobs: playbooks that administrators ask for. The request ends at once; the job is followed. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, take } from "./client";
import type { Job } from "./types";

const isOpen = (job?: Job) => !job || job.state === "waiting" || job.state === "running";

/** One job, asked for again until it has ended. */
export function useJob(job_id: string | null) {
  return useQuery({
    queryKey: ["job", job_id],
    queryFn: () => take(api.GET("/api/v0/jobs/{job_id}", { params: { path: { job_id: job_id! } } })),
    enabled: !!job_id,
    refetchInterval: (query) => (isOpen(query.state.data) ? 1_000 : false),
  });
}

export function useJobs(kind: string) {
  return useQuery({
    queryKey: ["jobs", kind],
    queryFn: () => take(api.GET("/api/v0/jobs", { params: { query: { kind, limit: 20 } } })),
    refetchInterval: (query) => (query.state.data?.some(isOpen) ? 1_000 : 10_000),
  });
}

export function useAskJob(kind: string) {
  return useMutation({
    mutationFn: (inputs: Record<string, unknown>) => take(api.POST("/api/v0/jobs", { body: { kind, inputs } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

export function useCancelJob() {
  return useMutation({
    mutationFn: (job_id: string) => take(api.POST("/api/v0/jobs/{job_id}/cancel", { params: { path: { job_id } } })),
    onSettled: () => void cache.invalidateQueries({ queryKey: ["job"] }),
  });
}
