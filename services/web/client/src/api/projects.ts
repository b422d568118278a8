/** Projects: the list, one project, and what may be changed about it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, done, take } from "./client";
import type { Project, ProjectChange, ProjectSummary } from "./types";

export const projectsKey = ["projects"] as const;
export const projectKey = (id: string) => ["project", id] as const;
/** Marks the mutations which the top bar counts as "saving". */
export const savingKey = (id: string) => ["saving", id] as const;

export function useProjects() {
  return useQuery({
    queryKey: projectsKey,
    queryFn: () => take(api.GET("/api/v0/projects")),
    refetchInterval: 15_000,
  });
}

export function useProject(project_id: string) {
  return useQuery({
    queryKey: projectKey(project_id),
    queryFn: () => take(api.GET("/api/v0/projects/{project_id}", { params: { path: { project_id } } })),
    staleTime: Infinity,
  });
}

/** Changes the cached project, if it is there. */
export function patchProject(id: string, change: (project: Project) => Project): void {
  cache.setQueryData<Project>(projectKey(id), (project) => project && change(project));
}

export function useCreateProject() {
  return useMutation({
    mutationFn: (body: { name: string; description: string }) => take(api.POST("/api/v0/projects", { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: projectsKey }),
  });
}

export function useChangeProject(project_id: string) {
  return useMutation({
    mutationKey: savingKey(project_id),
    scope: { id: `project-${project_id}` },
    mutationFn: (body: ProjectChange) =>
      take(api.PATCH("/api/v0/projects/{project_id}", { params: { path: { project_id } }, body })),
    onMutate: (change) => {
      const before = cache.getQueryData<Project>(projectKey(project_id));
      patchProject(project_id, (project) => ({ ...project, ...change }) as Project);
      return before;
    },
    onError: (_error, _change, before) => {
      if (before) patchProject(project_id, (project) => ({ ...before, nodes: project.nodes }));
    },
    onSettled: () => cache.invalidateQueries({ queryKey: projectsKey }),
  });
}

/** Deletes for good; used after the time for undoing has passed. */
export async function deleteProject(project_id: string): Promise<void> {
  await done(api.DELETE("/api/v0/projects/{project_id}", { params: { path: { project_id } }, keepalive: true }));
  cache.setQueryData<ProjectSummary[]>(projectsKey, (all) => all?.filter((each) => each.id !== project_id));
}
