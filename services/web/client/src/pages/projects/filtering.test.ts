import { expect, test } from "vitest";
import type { ProjectSummary } from "../../api/types";
import { filterProjects, tagsOf } from "./filtering";

const project = (name: string, right: string, tags: string[] = []) =>
  ({ name, description: "", tags, right, owner: { name: right === "own" ? "Ada" : "Bob" } }) as unknown as ProjectSummary;
const all = [project("Bone", "own", ["2026", "mesh"]), project("Hip", "view", ["mesh"]), project("Knee", "edit")];
const names = (part: object) => filterProjects(all, { query: "", whose: "", tag: "", ...part }).map((each) => each.name);

test("one's own, or those that others share", () => {
  expect(names({})).toEqual(["Bone", "Hip", "Knee"]);
  expect(names({ whose: "mine" })).toEqual(["Bone"]);
  expect(names({ whose: "shared" })).toEqual(["Hip", "Knee"]);
});

test("a tag, and a word of name, tag or owner", () => {
  expect(names({ tag: "mesh" })).toEqual(["Bone", "Hip"]);
  expect(names({ query: "bob", tag: "mesh" })).toEqual(["Hip"]);
  expect(names({ query: "2026" })).toEqual(["Bone"]);
});

test("the most used tags come first", () => {
  expect(tagsOf(all)).toEqual(["mesh", "2026"]);
});
