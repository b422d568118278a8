import { describe, expect, test } from "vitest";
import type { Node, Port } from "../api/types";
import { aligned, type Box } from "./align";
import { clipOf, clipText, freeName, placedClip, readClip } from "./clip";
import { linkProblem } from "./links";
import { invalidInputs, kindOf, parse } from "./parameters";

const port = (part: Partial<Port>): Port => ({ type: "number", ...part });

describe("a typed parameter", () => {
  test.each([
    ["1.5", port({}), 1.5],
    ["1,5", port({}), 1.5],
    ["7", port({ type: "integer" }), 7],
    ["", port({}), undefined],
    [" a ", port({ type: "string" }), " a "],
  ])("%j is what is meant", (text, of, value) => expect(parse(of, text)).toEqual({ value, problem: null }));

  test.each([
    ["abc", port({})],
    ["1.5", port({ type: "integer" })],
    ["3", port({ minimum: 4 })],
    ["9", port({ maximum: 8 })],
    ["Infinity", port({})],
  ])("%j is refused", (text, of) => expect(parse(of, text).problem).not.toBeNull());
});

test("the field fits what the service says of the input", () => {
  const kinds = [port({}), port({ type: "data:text/csv" }), port({ type: "string", widget: { type: "TextArea" } }),
    port({ type: "string", widget: { type: "SelectBox", details: { structure: [{ key: "a" }] } } }), port({ type: "string", widget: { type: "SelectBox" } })];
  expect(kinds.map(kindOf)).toEqual(["number", "file", "area", "select", "text"]);
});

test("values that the service could not take are named before it starts", () => {
  const ports = { a: port({ label: "Limit", type: "integer" }), b: port({ type: "boolean" }), c: port({}) };
  expect(invalidInputs(ports, { inputs: { a: 1.5, b: "yes", c: 2 } } as unknown as Node)).toEqual(["Limit", "b"]);
});

describe("an impossible link says why", () => {
  const [from, to] = [{ node: "a", port: "o" }, { node: "b", port: "i" }];

  test("when the types differ, both are named", () => {
    const reason = linkProblem(from, port({ type: "data:text/csv", label: "Table" }), to, port({ label: "Count" }));
    expect(reason).toBe("“Table” gives a file (text/csv), but “Count” takes a number.");
  });

  test("when both ends are one node", () => expect(linkProblem(from, port({}), { ...to, node: "a" }, port({}))).not.toBeNull());
  test("and a possible one says nothing", () => expect(linkProblem(from, port({}), to, port({}))).toBeNull());
});

describe("lining up", () => {
  const boxes: Box[] = [{ id: "a", x: 0, y: 0, width: 100, height: 50 }, { id: "b", x: 300, y: 40, width: 50, height: 50 }, { id: "c", x: 120, y: 90, width: 100, height: 50 }];

  test("at an edge moves along one axis only", () => {
    expect(aligned(boxes, "right")).toEqual([{ id: "a", x: 250, y: 0 }, { id: "b", x: 300, y: 40 }, { id: "c", x: 250, y: 90 }]);
  });

  test("with equal gaps keeps the outermost where they are", () => {
    expect(aligned(boxes, "across").map(({ id, x }) => [id, x])).toEqual([["a", 0], ["c", 150], ["b", 300]]);
  });
});

describe("a clip", () => {
  const node = (id: string, x: number) => ({ id, name: id, service_key: "k", service_version: "1.0.0", position: { x, y: 0 }, inputs: {} }) as unknown as Node;
  const nodes = [node("a", 0), node("b", 300)];
  const links = [
    { id: "1", source_node: "a", source_port: "o", target_node: "b", target_port: "i" },
    { id: "2", source_node: "z", source_port: "o", target_node: "b", target_port: "i" },
  ];

  test("survives the way through the clipboard, with the links inside it only", () => {
    const clip = readClip(clipText(clipOf(nodes, links)))!;
    expect(clip.links).toEqual([{ source: 0, source_port: "o", target: 1, target_port: "i" }]);
    expect(clip.nodes.map((each) => each.name)).toEqual(["a", "b"]);
  });

  test.each(["", "hello", "{}", '{"kind":"werkbank-nodes","nodes":[{}],"links":[]}'])("%j is none", (text) => expect(readClip(text)).toBeNull());

  test("lands beside what is there, under a name of its own", () => {
    const placed = placedClip(clipOf(nodes, []), nodes);
    expect(placed.nodes[0]).toMatchObject({ name: "a 2", position: { x: 32, y: 32 } });
  });

  test("counts names on", () => expect(freeName("Run 2", new Set(["Run 2", "Run 3"]))).toBe("Run 4"));
});
