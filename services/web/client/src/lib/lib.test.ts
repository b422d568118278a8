import { describe, expect, test } from "vitest";
import type { Link, Node, Service } from "../api/types";
import { offersOf, searchOffers } from "./catalogue";
import { linkedTo } from "./links";
import { nextPath } from "./nextPath";
import { progressOf, statusLine } from "./nodeState";
import { CARD, freePlace } from "./placement";
import { canLink } from "./ports";
import { addStep } from "./steps";
import { agoOf, graceOf, lengthOf } from "./time";

const NOW = Date.parse("2026-01-05T12:00:00Z");

function node(change: Partial<Node>): Node {
  return { id: "n", name: "Jupyter", state: "created", state_since: "2026-01-05T11:48:00Z", reason: null, progress: null, ...change } as Node;
}

const service = (key: string, version: string, name = key) =>
  ({ key, version, name, description: "", type: "dynamic" }) as Service;

describe("ports", () => {
  test.each([
    ["number", "number", true],
    ["integer", "number", true],
    ["number", "integer", false],
    ["string", "boolean", false],
    ["data:text/csv", "data:*/*", true],
    ["data:text/csv", "data:text/*", true],
    ["data:text/csv", "data:[application/json, text/csv]", true],
    ["data:text/csv", "data:application/*", false],
    ["data:text/csv", "string", false],
  ])("%s into %s: %s", (output, input, expected) => expect(canLink(output, input)).toBe(expected));
});

describe("links", () => {
  const old: Link = { id: "1", source_node: "a", source_port: "x", target_node: "b", target_port: "y" };
  const other: Link = { ...old, id: "2", target_port: "z" };

  test("a new link takes the place of the one at the same input", () => {
    const links = linkedTo([old, other], { node: "b", port: "y" }, { node: "c", port: "x" }, "3");
    expect(links.map((link) => link.id)).toEqual(["2", "3"]);
  });

  test("an input can be freed, which leaves the others alone", () => {
    expect(linkedTo([old, other], { node: "b", port: "y" }, null, "3")).toEqual([other]);
  });
});

describe("a node's status line", () => {
  test("says the step while it starts", () => {
    const progress = { step: "pulling image 62 %", steps_done: 1, steps_total: 4 };
    expect(statusLine(node({ state: "starting", progress }), NOW)).toBe("Starting: pulling image 62 %");
    expect(progressOf(node({ state: "starting", progress }))).toBe(0.25);
  });

  test("says for how long it runs, and why it failed", () => {
    expect(statusLine(node({ state: "running" }), NOW)).toBe("Running for 12 min");
    expect(statusLine(node({ state: "failed", reason: "No host is free." }), NOW)).toBe("Failed: No host is free.");
  });

  test("shows no progress when nobody knows how many steps there are", () => {
    const progress = { step: "waiting", steps_done: 0, steps_total: 0 };
    expect(progressOf(node({ state: "starting", progress }))).toBeNull();
  });
});

describe("the steps of a start", () => {
  const at = (step: string, state_since = "t1") =>
    node({ state: "starting", state_since, progress: { step, steps_done: 0, steps_total: 2 } });

  test("are gathered once each", () => {
    const steps = ["a", "a", "b"].reduce((all, step, second) => addStep(all, at(step), second), [] as ReturnType<typeof addStep>);
    expect(steps.map((each) => [each.step, each.since])).toEqual([["a", 0], ["b", 2]]);
  });

  test("begin anew with the next start", () => {
    expect(addStep(addStep([], at("a"), 0), at("b", "t2"), 5).map((each) => each.step)).toEqual(["b"]);
  });

  test("stay as they are once the node runs", () => {
    const steps = addStep([], at("a"), 0);
    expect(addStep(steps, node({ state: "running" }), 9)).toBe(steps);
  });
});

describe("a place for a new card", () => {
  test("is the wished one when it is free", () => {
    expect(freePlace({ x: 10, y: 20 }, [{ x: 900, y: 900 }])).toEqual({ x: 10, y: 20 });
  });

  test("covers no other card", () => {
    const taken = [{ x: 0, y: 0 }];
    for (let added = 0; added < 20; added += 1) taken.push(freePlace({ x: 0, y: 0 }, taken));
    for (const [index, a] of taken.entries()) {
      for (const b of taken.slice(index + 1)) {
        expect(Math.abs(a.x - b.x) >= CARD.width || Math.abs(a.y - b.y) >= CARD.height).toBe(true);
      }
    }
  });
});

test("the catalogue shows a key once, newest version first, and finds every word", () => {
  const offers = offersOf([service("b", "2.0.0", "Jupyter Lab"), service("b", "1.0.0"), service("a", "1.0.0", "Modeler")]);
  expect(offers.map((offer) => [offer.newest.name, offer.versions.length])).toEqual([["Jupyter Lab", 2], ["Modeler", 1]]);
  expect(searchOffers(offers, "lab jup").map((offer) => offer.key)).toEqual(["b"]);
});

test("after signing in nobody is sent to another site", () => {
  expect(nextPath("/projects/1?node=2")).toBe("/projects/1?node=2");
  for (const wish of [null, "https://example.org/", "//example.org/x", "javascript:alert(1)"]) expect(nextPath(wish)).toBe("/");
});

test("times are said the way people say them", () => {
  expect([lengthOf(-5), lengthOf(59_000), lengthOf(3 * 3_600_000)]).toEqual(["0 s", "59 s", "3 h"]);
  expect([agoOf("2026-01-05T11:59:50Z", NOW), agoOf("2026-01-03T12:00:00Z", NOW)]).toEqual(["just now", "2 days ago"]);
  expect([graceOf(45), graceOf(120)]).toEqual(["45 seconds", "2 minutes"]);
});
