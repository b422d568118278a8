/** The order of the users, and which of them are shown. */
import type { Account } from "../../api/types";
import { useKept } from "../../lib/kept";
import { byColumn, isSort, type Sort } from "../../lib/sort";

export type SortField = "name" | "role" | "running_nodes" | "seen_at";

export const DOWN_FIRST: readonly SortField[] = ["running_nodes", "seen_at"];
const BY_NAME: Sort<SortField> = { field: "name", isDown: false };
const isUserSort = isSort<SortField>("name", "role", ...DOWN_FIRST);

export function useSort() {
  return useKept("werkbank-users-sort", BY_NAME, isUserSort);
}

export function sortUsers(users: Account[], sort: Sort<SortField>): Account[] {
  return [...users].sort(byColumn(sort, (user) => user.email));
}

export function searchUsers(users: Account[], query: string): Account[] {
  const text = query.trim().toLowerCase();
  return users.filter((each) => `${each.name} ${each.email}`.toLowerCase().includes(text));
}
