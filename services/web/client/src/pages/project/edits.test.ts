import { expect, test } from "vitest";
import type { Link, Node, NodeCreate } from "../../api/types";
import { relinked } from "../../api/links";
import { changedNode } from "../../lib/change";
import { clipOf } from "../../lib/clip";
import { History } from "../../lib/history";
import { editsOf, type Wire } from "./edits";

/** A canvas in memory that does what the server does: ids are new, and what was removed for good is gone. */
function canvas(names: string[]) {
  const node = (id: string, part: Partial<NodeCreate> = {}): Node =>
    ({ id, name: id, service_key: "k", service_version: "1.0.0", position: { x: 0, y: 0 }, inputs: {}, ...part }) as Node;
  const state = { nodes: names.map((name) => node(name)), links: [] as Link[], waiting: new Set<string>(), count: 0 };
  const wire: Wire = {
    nodes: () => state.nodes,
    links: () => state.links,
    change: (id, part) => void (state.nodes = state.nodes.map((each) => (each.id === id ? changedNode(each, part) : each))),
    link: (gone, come) => void (state.links = relinked(state.links, { gone, come })),
    add: (part) => {
      const added = node(`new${(state.count += 1)}`, part);
      state.nodes = [...state.nodes, added];
      return Promise.resolve(added);
    },
    remove: (nodes) => nodes.forEach((each) => state.waiting.add(each.id)),
    takeBack: (id) => state.waiting.delete(id),
  };
  const commit = () => {
    state.nodes = state.nodes.filter((each) => !state.waiting.has(each.id));
    state.links = state.links.filter((each) => !state.waiting.has(each.source_node) && !state.waiting.has(each.target_node));
    state.waiting.clear();
  };
  const history = new History();
  const shown = () => state.nodes.filter((each) => !state.waiting.has(each.id)).map((each) => each.name);
  return { state, commit, history, shown, edits: editsOf(history, wire) };
}

const link = (source: string, target: string): Link => ({ id: `${source}-${target}`, source_node: source, source_port: "o", target_node: target, target_port: "i" });
const settled = () => new Promise((done) => setTimeout(done));

test("a change is undone and done again", () => {
  const { state, edits, history } = canvas(["a"]);
  edits.changeNode(state.nodes[0]!, { name: "b" }, "rename");
  expect(state.nodes[0]!.name).toBe("b");
  history.undo();
  expect(state.nodes[0]!.name).toBe("a");
  history.redo();
  expect(state.nodes[0]!.name).toBe("b");
});

test("undoing a link leaves the links that others made since", () => {
  const { state, edits, history } = canvas(["a", "b", "c"]);
  edits.setLinks([link("a", "b")]);
  state.links = [...state.links, link("b", "c")];
  history.undo();
  expect(state.links.map((each) => each.id)).toEqual(["b-c"]);
  history.redo();
  expect(state.links).toHaveLength(2);
});

test("undoing does not take an input from somebody who has linked it meanwhile", () => {
  const { state, edits, history } = canvas(["a", "b", "c"]);
  edits.setLinks([link("a", "c")]);
  edits.setLinks([]);
  state.links = [link("b", "c")];
  history.undo();
  expect(state.links.map((each) => each.id)).toEqual(["b-c"]);
});

test("an input takes one link: a new one takes the place of the old, and undo brings that back", () => {
  const { state, edits, history } = canvas(["a", "b", "c"]);
  edits.setLinks([link("a", "c")]);
  edits.setLinks([link("b", "c")]);
  expect(state.links.map((each) => each.id)).toEqual(["b-c"]);
  history.undo();
  expect(state.links.map((each) => each.id)).toEqual(["a-c"]);
});

test("undoing one parameter leaves the other that somebody has changed meanwhile", () => {
  const { state, edits, history } = canvas(["a"]);
  edits.changeNode(state.nodes[0]!, { some_inputs: { limit: 2 } as never }, "parameters");
  state.nodes = [{ ...state.nodes[0]!, inputs: { ...state.nodes[0]!.inputs, title: "theirs" } } as Node];
  history.undo();
  expect(state.nodes[0]!.inputs).toEqual({ title: "theirs" });
});

test("a removal that has not been sent yet is taken back as it was", () => {
  const { state, edits, history, shown } = canvas(["a", "b"]);
  edits.removeNodes([state.nodes[0]!]);
  expect(shown()).toEqual(["b"]);
  history.undo();
  expect(shown()).toEqual(["a", "b"]);
  expect(state.count).toBe(0);
});

test("a node that is gone comes back as a new one, with its links, and earlier acts mean the new one", async () => {
  const { state, edits, history, shown, commit } = canvas(["a", "b"]);
  edits.setLinks([link("a", "b")]);
  edits.moveNodes([{ id: "a", from: { x: 0, y: 0 }, to: { x: 8, y: 8 } }]);
  edits.removeNodes([state.nodes[0]!]);
  commit();
  expect(state.links).toEqual([]);
  history.undo();
  await settled();
  expect(shown().sort()).toEqual(["a", "b"]);
  expect(state.links.map((each) => each.source_node)).toEqual(["new1"]);
  history.undo();
  expect(state.nodes.find((each) => each.id === "new1")!.position).toEqual({ x: 0, y: 0 });
});

test("pasting brings nodes with the links between them; undo takes both away, redo brings both back", async () => {
  const { state, edits, history, shown, commit } = canvas(["a", "b"]);
  await edits.addNodes(clipOf(state.nodes, [link("a", "b")]), "paste");
  expect(state.links).toMatchObject([{ source_node: "new1", target_node: "new2" }]);
  history.undo();
  expect(shown()).toEqual(["a", "b"]);
  commit();
  history.redo();
  await settled();
  expect(shown()).toHaveLength(4);
  expect(state.links).toMatchObject([{ source_node: "new3", target_node: "new4" }]);
});

test("the notice's undo takes back that act and no other", () => {
  const { state, edits, history, shown } = canvas(["a", "b"]);
  let takeBack = () => {};
  const told = editsOf(history, { ...({} as Wire), nodes: () => state.nodes, links: () => [], takeBack: (id) => state.waiting.delete(id), remove: (nodes, onUndo) => {
    nodes.forEach((each) => state.waiting.add(each.id));
    takeBack = onUndo ?? takeBack;
  } });
  told.removeNodes([state.nodes[0]!]);
  edits.changeNode(state.nodes[1]!, { name: "c" }, "rename");
  takeBack();
  expect(shown()).toEqual(["a", "c"]);
  expect(history.look()).toEqual({ undoLabel: "rename", redoLabel: "delete" });
});

test("after something new, what was undone cannot come back", () => {
  const { state, edits, history } = canvas(["a"]);
  edits.changeNode(state.nodes[0]!, { name: "b" }, "rename");
  history.undo();
  edits.changeNode(state.nodes[0]!, { name: "c" }, "rename");
  history.redo();
  expect(state.nodes[0]!.name).toBe("c");
});
