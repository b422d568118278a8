import { expect, test } from "vitest";
import type { Node } from "../api/types";
import { changedNode, reverseOf } from "./change";

const node = { id: "a", name: "A", position: { x: 0, y: 0 }, inputs: { limit: 1, title: "t" } } as unknown as Node;

test("inputs that a change does not name stay as others have made them", () => {
  expect(changedNode(node, { some_inputs: { limit: 2 } as never }).inputs).toEqual({ limit: 2, title: "t" });
});

test("null puts an input back to its default", () => {
  expect(changedNode(node, { some_inputs: { limit: null } as never }).inputs).toEqual({ title: "t" });
});

test("what takes a change back names the same things and no others", () => {
  expect(reverseOf(node, { name: "B" })).toEqual({ name: "A" });
  expect(reverseOf(node, { some_inputs: { limit: 2, fresh: 3 } as never })).toEqual({ some_inputs: { limit: 1, fresh: null } });
  const there = changedNode(node, { some_inputs: { limit: 2, fresh: 3 } as never });
  expect(changedNode(there, reverseOf(node, { some_inputs: { limit: 2, fresh: 3 } as never })).inputs).toEqual(node.inputs);
});
