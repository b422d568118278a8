/** Links come and go one by one, so that those of others stay. */
import { useMutation } from "@tanstack/react-query";
import { linkKey } from "../lib/links";
import { cache } from "./cache";
import { api, done, take } from "./client";
import { ApiError } from "./errors";
import { settle } from "./heard";
import { patchProject, projectKey, savingKey } from "./projects";
import type { Link } from "./types";

export type Relink = { gone: Link[]; come: Link[] };

/** Links are drawn before the server has named them. */
const names = new Map<string, string>();
const inputOf = (link: Link) => `${link.target_node}\n${link.target_port}`;

/** The links with some gone and some come; an input takes one, so what was at its place goes, too. */
export function relinked(links: Link[], { gone, come }: Relink): Link[] {
  const out = new Set(gone.map(linkKey));
  const taken = new Set(come.map(inputOf));
  return [...links.filter((link) => !out.has(linkKey(link)) && !taken.has(inputOf(link))), ...come];
}

export function useRelink(project_id: string) {
  return useMutation({
    mutationKey: savingKey(project_id),
    scope: { id: `project-${project_id}` },
    mutationFn: ({ gone, come }: Relink) => send(project_id, gone, come),
    onMutate: (change) => patchProject(project_id, (project) => ({ ...project, links: relinked(project.links, change) })),
    onSuccess: (added) =>
      patchProject(project_id, (project) => {
        const ids = new Map(added.map((link) => [linkKey(link), link.id]));
        return { ...project, links: project.links.map((link) => ({ ...link, id: ids.get(linkKey(link)) ?? link.id })) };
      }),
    onError: () => cache.invalidateQueries({ queryKey: projectKey(project_id) }),
    onSettled: () => settle(project_id),
  });
}

async function send(project_id: string, gone: Link[], come: Link[]): Promise<Link[]> {
  const added: Link[] = [];
  for (const { id, ...body } of come) {
    const link = await take(api.POST("/api/v0/projects/{project_id}/links", { params: { path: { project_id } }, body }));
    names.set(id, link.id);
    added.push(link);
  }
  const replaced = new Set(come.map(inputOf));
  for (const link of gone.filter((each) => !replaced.has(inputOf(each)))) await remove(project_id, names.get(link.id) ?? link.id);
  return added;
}

async function remove(project_id: string, link_id: string): Promise<void> {
  try {
    await done(api.DELETE("/api/v0/projects/{project_id}/links/{link_id}", { params: { path: { project_id, link_id } } }));
  } catch (error) {
    // Somebody was faster: it is gone, which is what was wanted.
    if (!(error instanceof ApiError && error.status === 404 && error.codes.includes("LinkNotFound"))) throw error;
  }
}
