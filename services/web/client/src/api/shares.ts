/** With whom a project is shared. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, done, take } from "./client";
import { projectsKey } from "./projects";
import type { ShareRole } from "./types";

const sharesKey = (projectId: string) => ["shares", projectId] as const;

export function useShares(project_id: string) {
  return useQuery({
    queryKey: sharesKey(project_id),
    queryFn: () => take(api.GET("/api/v0/projects/{project_id}/shares", { params: { path: { project_id } } })),
  });
}

export function useShare(project_id: string) {
  return useMutation({
    mutationFn: (body: { email: string; role: ShareRole }) =>
      take(api.POST("/api/v0/projects/{project_id}/shares", { params: { path: { project_id } }, body })),
    onSettled: () => cache.invalidateQueries({ queryKey: sharesKey(project_id) }),
  });
}

export function useUnshare(project_id: string) {
  return useMutation({
    mutationFn: (user_id: string) => unshare(project_id, user_id),
    onSettled: () => cache.invalidateQueries({ queryKey: sharesKey(project_id) }),
  });
}

/** Takes a share back; one's own is leaving the project. */
export async function unshare(project_id: string, user_id: string): Promise<void> {
  await done(api.DELETE("/api/v0/projects/{project_id}/shares/{user_id}", { params: { path: { project_id, user_id } } }));
  await cache.invalidateQueries({ queryKey: projectsKey });
}
