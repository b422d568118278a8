import { describe, expect, test } from "vitest";
import type { Lease, Node } from "../api/types";
import { endingNodes, keepChoices, keepProblem, leaseLine } from "./lease";
import { fieldOf, momentOf } from "./time";

const NOON = new Date(2026, 0, 5, 12).getTime();
const HOUR = 3_600_000;
const lease = (change: Partial<Lease>): Lease => ({
  grace_seconds: 120, expires_at: null, keep_until: null, held_by: null, is_ending: false, ...change,
});
const iso = (ms: number) => new Date(ms).toISOString();

describe("a lease in words", () => {
  test("while a tab is open it ends after the last tab", () => {
    expect(leaseLine(lease({}), NOON)).toContain("2 minutes after the last tab");
  });

  test("what keeps it running without a tab is said", () => {
    expect(leaseLine(lease({ held_by: "busy" }), NOON)).toContain("computes");
    expect(leaseLine(lease({ held_by: "unknown" }), NOON)).toContain("cannot be learned");
  });

  test("what the user asked for comes before what the lease says", () => {
    expect(leaseLine(lease({ keep_until: iso(NOON + HOUR), expires_at: iso(NOON + 9_000) }), NOON)).toContain("Kept until");
  });

  test("a wish that has passed counts for nothing", () => {
    expect(leaseLine(lease({ keep_until: iso(NOON - 1), expires_at: iso(NOON + 9_000) }), NOON)).toBe("Closes by itself in 9 s.");
  });
});

describe("keeping a node", () => {
  test("tonight is not offered late in the evening", () => {
    const late = new Date(2026, 0, 5, 21, 30).getTime();
    expect(keepChoices(NOON).map((each) => each.until.getHours())).toEqual([13, 16, 22, 18]);
    expect(keepChoices(late)).toHaveLength(3);
    expect(keepChoices(late).at(-1)!.until.getDate()).toBe(6);
  });

  test.each([["the past", -1, true], ["an hour", HOUR, false], ["eight days", 8 * 24 * HOUR, true]])("until %s", (_name, ahead, isRefused) => {
    expect(keepProblem(NOON + ahead, NOON) !== null).toBe(isRefused);
  });

  test("no date is no answer", () => expect(keepProblem(Number.NaN, NOON)).not.toBeNull());
});

test("only running nodes warn before they close, the first one first", () => {
  const node = (id: string, state: string, left: number, is_ending = true) =>
    ({ id, state, lease: lease({ is_ending, expires_at: iso(NOON + left) }) }) as Node;
  const nodes = [node("late", "running", 60), node("soon", "running", 9), node("gone", "stopped", 5), node("safe", "running", 7, false)];
  expect(endingNodes(nodes).map((each) => each.id)).toEqual(["soon", "late"]);
});

test("moments are said by day only when the day is another one", () => {
  expect(momentOf(iso(NOON + 30 * HOUR), NOON)).toMatch(/^tomorrow, /);
  expect(momentOf(iso(NOON + HOUR), NOON)).not.toMatch(/,/);
  expect(fieldOf(new Date(2026, 0, 5, 9, 7))).toBe("2026-01-05T09:07");
});
