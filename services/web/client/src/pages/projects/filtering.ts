/** Which of the projects are shown. */
import type { ProjectSummary } from "../../api/types";

export type Whose = "" | "mine" | "shared";
export type Filter = { query: string; whose: Whose; tag: string };

export function filterProjects(projects: ProjectSummary[], { query, whose, tag }: Filter): ProjectSummary[] {
  const text = query.trim().toLowerCase();
  return projects.filter((project) => {
    const said = `${project.name} ${project.description} ${project.tags.join(" ")} ${project.owner.name}`.toLowerCase();
    const isOwn = project.right === "own";
    return said.includes(text) && (!whose || isOwn === (whose === "mine")) && (!tag || project.tags.includes(tag));
  });
}

/** Every tag that is in use, the most used first. */
export function tagsOf(projects: ProjectSummary[]): string[] {
  const count = new Map<string, number>();
  projects.flatMap((project) => project.tags).forEach((tag) => count.set(tag, (count.get(tag) ?? 0) + 1));
  return [...count.keys()].sort((a, b) => count.get(b)! - count.get(a)! || a.localeCompare(b));
}
