/** The order of the projects. */
import { useLocalStorage } from "@mantine/hooks";
import type { ProjectSummary } from "../../api/types";

export type SortField = "name" | "node_count" | "running_count" | "changed_at";
export type Sort = { field: SortField; isDown: boolean };

const NEWEST_FIRST: Sort = { field: "changed_at", isDown: true };

export function useSort() {
  return useLocalStorage<Sort>({ key: "werkbank-projects-sort", defaultValue: NEWEST_FIRST });
}

export function sortProjects(projects: ProjectSummary[], { field, isDown }: Sort): ProjectSummary[] {
  const way = isDown ? -1 : 1;
  return [...projects].sort((a, b) => {
    const [left, right] = [a[field], b[field]];
    const order =
      typeof left === "number" && typeof right === "number" ? left - right : String(left).localeCompare(String(right));
    return way * order || a.name.localeCompare(b.name);
  });
}
