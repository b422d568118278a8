/** The order of the users, and which of them are shown. */
import { useLocalStorage } from "@mantine/hooks";
import type { Account } from "../../api/types";

export type SortField = "name" | "role" | "running_nodes" | "seen_at";
export type Sort = { field: SortField; isDown: boolean };

export function useSort() {
  return useLocalStorage<Sort>({ key: "werkbank-users-sort", defaultValue: { field: "name", isDown: false } });
}

export function sortUsers(users: Account[], { field, isDown }: Sort): Account[] {
  const way = isDown ? -1 : 1;
  return [...users].sort((a, b) => {
    const [left, right] = [a[field] ?? "", b[field] ?? ""];
    const order =
      typeof left === "number" && typeof right === "number" ? left - right : String(left).localeCompare(String(right));
    return way * order || a.email.localeCompare(b.email);
  });
}

export function searchUsers(users: Account[], query: string): Account[] {
  const text = query.trim().toLowerCase();
  return users.filter((each) => `${each.name} ${each.email}`.toLowerCase().includes(text));
}
