import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { searchCommands, useOffer, useOffered, type Command } from "./commands";
import { placeOf } from "./tour";

const command = (label: string, group = "Pages"): Command => ({ id: label, group, label, run: () => undefined });

test("every word must be there, in the label or in its group", () => {
  const all = [command("Runs"), command("Rename"), command("Open Jupyter", "Nodes")];
  expect(searchCommands(all, "jup nod").map((each) => each.label)).toEqual(["Open Jupyter"]);
  expect(searchCommands(all, "").length).toBe(3);
});

test("what begins with the typed text comes first", () => {
  const all = [command("Show runs"), command("Runs")];
  expect(searchCommands(all, "run").map((each) => each.label)).toEqual(["Runs", "Show runs"]);
});

test("what a part of the page offers is gone with it", () => {
  const offered = [command("Undo")];
  const part = renderHook(() => useOffer(offered));
  expect(renderHook(useOffered).result.current).toEqual(offered);
  part.unmount();
  expect(renderHook(useOffered).result.current).toEqual([]);
});

test.each([["/", "", "projects"], ["/projects/1", "", "canvas"], ["/projects/1", "?node=2", "page"], ["/runs/3", "", "runs"], ["/nowhere", "", null]])(
  "the place of %s%s is %s",
  (path, search, place) => expect(placeOf(path, search)).toBe(place),
);
