/** The order of the projects. */
import type { ProjectSummary } from "../../api/types";
import { useKept } from "../../lib/kept";
import { byColumn, isSort, type Sort } from "../../lib/sort";

export type SortField = "name" | "node_count" | "running_count" | "changed_at";
export type ProjectSort = Sort<SortField>;

/** What is most or newest is what somebody looks for. */
export const DOWN_FIRST: readonly SortField[] = ["node_count", "running_count", "changed_at"];
const NEWEST_FIRST: ProjectSort = { field: "changed_at", isDown: true };
const isProjectSort = isSort<SortField>("name", ...DOWN_FIRST);

export function useSort() {
  return useKept("werkbank-projects-sort", NEWEST_FIRST, isProjectSort);
}

export function sortProjects(projects: ProjectSummary[], sort: ProjectSort): ProjectSummary[] {
  return [...projects].sort(byColumn(sort, (project) => project.name));
}
