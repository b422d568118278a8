import { describe, expect, test } from "vitest";
import type { RunEvent } from "../api/types";
import { cellKey, diffLines, gridOf, resultOf } from "./runGrid";

let seq = 0;
const event = (host: string | null, task: string | null, kind: string, change: Partial<RunEvent> = {}): RunEvent => ({
  seq: (seq += 1), at: "2026-01-05T12:00:00Z", kind, host, task, message: null, changed: false, item: null, duration: null, ...change,
});

describe("the grid of a run", () => {
  test("has a row per host and a column per task, in the order they came", () => {
    const grid = gridOf([event("host-10", "b", "ok"), event("host-9", "b", "ok"), event("host-9", "a", "ok"), event(null, null, "play")]);
    expect(grid.hosts).toEqual(["host-9", "host-10"]);
    expect(grid.tasks.map((task) => task.name)).toEqual(["b", "a"]);
  });

  test("a loop is one cell, and shows its worst item", () => {
    const grid = gridOf([event("h", "loop", "item ok"), event("h", "loop", "item failed"), event("h", "loop", "failed")]);
    expect(grid.tasks).toHaveLength(1);
    expect(grid.cells.get(cellKey("h", "loop"))).toMatchObject({ result: "failed", events: [{}, {}, {}] });
  });

  test("a task that comes again under the same name is another one", () => {
    const grid = gridOf([event("h", "wait", "ok"), event("h", "wait", "ok", { changed: true })]);
    expect(grid.tasks.map((task) => task.key)).toEqual(["wait", "wait (2)"]);
    expect(grid.cells.get(cellKey("h", "wait (2)"))!.result).toBe("changed");
  });

  test("a task takes as long as its slowest host", () => {
    expect(gridOf([event("a", "t", "ok", { duration: 2 }), event("b", "t", "ok", { duration: 5 })]).tasks[0]!.seconds).toBe(5);
  });

  test("an empty run is an empty grid", () => expect(gridOf([]).tasks).toEqual([]));
});

test.each([["runner_on_ok", "ok"], ["runner_item_on_failed", "failed"], ["item failed", "failed"], ["item ok", "ok"], ["retry", "other"], ["unreachable", "unreachable"], ["stats", "other"]])(
  "%s is %s",
  (kind, result) => expect(resultOf({ kind, changed: false })).toBe(result),
);

test("only a diff is coloured as one", () => {
  expect(diffLines("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z")!.map((line) => line.sign)).toEqual(["-", "+", "@", "-", "+", " "]);
  expect(diffLines("- a list\n+ a sum")).toBeNull();
});
