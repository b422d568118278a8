import { describe, expect, it } from "vitest";
import type { Account } from "../../api/types";
import { searchUsers, sortUsers } from "./sorting";

const user = (name: string, change: Partial<Account> = {}): Account => ({
  id: name, name, email: `${name.toLowerCase()}@werkbank.example`, role: "user", state: "active", created_at: "2026-01-01T00:00:00Z",
  seen_at: null, closed_at: null, max_nodes: null, may_run: 100, running_nodes: 0, invitation: null, ...change,
});
const names = (users: Account[]) => users.map((each) => each.name);

describe("users", () => {
  const all = [user("Zoe", { seen_at: "2026-01-03T00:00:00Z" }), user("Bob", { running_nodes: 12 }), user("Ada", { running_nodes: 3, seen_at: "2026-01-02T00:00:00Z" })];

  it("are ordered by numbers as numbers, and equal ones by address", () => {
    expect(names(sortUsers(all, { field: "running_nodes", isDown: true }))).toEqual(["Bob", "Ada", "Zoe"]);
    expect(names(sortUsers(all, { field: "role", isDown: false }))).toEqual(["Ada", "Bob", "Zoe"]);
  });

  it("who were never seen come after those who were", () => {
    expect(names(sortUsers(all, { field: "seen_at", isDown: true }))).toEqual(["Zoe", "Ada", "Bob"]);
  });

  it("are found by name and by address", () => {
    expect(names(searchUsers(all, " ZO "))).toEqual(["Zoe"]);
    expect(names(searchUsers(all, "ada@"))).toEqual(["Ada"]);
  });
});
