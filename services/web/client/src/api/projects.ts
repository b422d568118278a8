/** Projects: the list, one project, and what may be changed about it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { cache } from "./cache";
import { api, done, take } from "./client";
import { settle } from "./heard";
import type { Place, Project, ProjectChange } from "./types";

export const projectsKey = ["projects"] as const;
export const projectKey = (id: string) => ["project", id] as const;
/** Marks the mutations which the top bar counts as "saving". */
export const savingKey = (id: string) => ["saving", id] as const;

export function useProjects(place: Place = "projects") {
  return useQuery({
    queryKey: [...projectsKey, place],
    queryFn: () => take(api.GET("/api/v0/projects", { params: { query: { place } } })),
    refetchInterval: 15_000,
  });
}

export function useProject(project_id: string) {
  return useQuery({
    queryKey: projectKey(project_id),
    queryFn: () =>
      take(api.GET("/api/v0/projects/{project_id}", { params: { path: { project_id } } })).finally(() => settle(project_id)),
    staleTime: Infinity,
  });
}

/** Changes the cached project, if it is there. */
export function patchProject(id: string, change: (project: Project) => Project): void {
  cache.setQueryData<Project>(projectKey(id), (project) => project && change(project));
}

export function useCreateProject() {
  return useMutation({
    mutationFn: (body: { name: string; description: string; tags: string[] }) => take(api.POST("/api/v0/projects", { body })),
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
    onSettled: () => {
      settle(project_id);
      return cache.invalidateQueries({ queryKey: projectsKey });
    },
  });
}

const listsChanged = () => cache.invalidateQueries({ queryKey: projectsKey });

/** Into the trash, or from there for good. */
export async function deleteProject(project_id: string, forever = false): Promise<void> {
  await done(
    api.DELETE("/api/v0/projects/{project_id}", { params: { path: { project_id }, query: { forever } }, keepalive: true }),
  );
  await listsChanged();
}

export async function restoreProject(project_id: string): Promise<void> {
  await take(api.POST("/api/v0/projects/{project_id}/restore", { params: { path: { project_id } } }));
  await listsChanged();
}

/** A copy of one's own, of a project or a template. */
export function useDuplicateProject() {
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name?: string }) =>
      take(
        api.POST("/api/v0/projects/{project_id}/duplicate", {
          params: { path: { project_id: id } },
          body: name === undefined ? {} : { name },
        }),
      ),
    onSuccess: listsChanged,
  });
}

export const exportPath = (project_id: string) => `/api/v0/projects/${encodeURIComponent(project_id)}/export`;

/** A new project from a file; names the services that are not here. */
export function useImportProject() {
  return useMutation({
    mutationFn: (file: File) => {
      const form = new FormData();
      form.append("file", file);
      return take(api.POST("/api/v0/projects/import", { body: form as never, bodySerializer: (body) => body as never }));
    },
    onSuccess: listsChanged,
  });
}
