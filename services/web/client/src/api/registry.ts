/** The registry's images, what uses each, and what a prune would remove. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, take } from "./client";

const registryKey = ["registry"] as const;

/** Reading it takes the director a moment: it is not asked for again by itself. */
export function useRegistry(keep: number) {
  return useQuery({
    queryKey: [...registryKey, keep],
    queryFn: () => take(api.GET("/api/v0/registry", { params: { query: { keep } } })),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** Removes exactly the plan that was shown. */
export function usePrune() {
  return useMutation({
    mutationFn: (body: { plan: string; keep: number }) => take(api.POST("/api/v0/registry/prune", { body })),
    onSettled: () => cache.invalidateQueries({ queryKey: registryKey }),
  });
}
