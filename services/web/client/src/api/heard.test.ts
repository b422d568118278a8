import { expect, test } from "vitest";
import { settled } from "./heard";
import type { Node, Project } from "./types";

const node = (id: string, name = id) => ({ id, name }) as Node;
const project = { id: "p", name: "old", nodes: [node("a"), node("b")], links: [] } as unknown as Project;
const told = (...nodes: Node[]) => new Map(nodes.map((each) => [each.id, each]));

test("a stream that has not told everything yet changes nothing", () => {
  expect(settled(project, { nodes: told(node("a", "new")), head: null })).toBe(project);
});

test("what the stream said last is what there is: changed, gone and new nodes, words and links", () => {
  const after = settled(project, { nodes: told(node("a", "new"), node("c")), head: { name: "renamed", links: [] } });
  expect(after.name).toBe("renamed");
  expect(after.nodes.map((each) => each.name)).toEqual(["new", "c"]);
});

test("nodes that are as the stream says keep their identity, so that nothing is drawn anew", () => {
  const after = settled(project, { nodes: told(node("a"), node("b")), head: { name: "old" } });
  expect(after.nodes).toBe(project.nodes);
});
