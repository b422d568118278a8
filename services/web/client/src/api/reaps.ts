/** What the reaper decided, and on which evidence. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, take } from "./client";
import { nextBefore, PAGE } from "./pages";

/** The decisions about one project's nodes; asked for anew whenever one of its nodes closed (`mark`). */
export function useProjectReaps(project_id: string, mark: string) {
  return useQuery({
    queryKey: ["reaps", project_id, mark],
    queryFn: () =>
      take(api.GET("/api/v0/projects/{project_id}/reaps", { params: { path: { project_id }, query: { limit: 100 } } })),
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
}

export function useReaps() {
  return useInfiniteQuery({
    queryKey: ["reaps"],
    queryFn: ({ pageParam }) =>
      take(api.GET("/api/v0/reaps", { params: { query: { limit: PAGE, ...(pageParam ? { before: pageParam } : {}) } } })),
    initialPageParam: 0,
    getNextPageParam: nextBefore,
    refetchInterval: 10_000,
  });
}
