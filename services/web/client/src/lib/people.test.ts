import { expect, test } from "vitest";
import { initialsOf, othersFirst } from "./people";

test("initials are of the first and last word, or the first two letters of the only one", () => {
  expect(["Ada Lovelace", "Ada King Lovelace", "ada", "bob.jones", "", "Élodie"].map(initialsOf)).toEqual(["AL", "AL", "AD", "BJ", "?", "ÉL"]);
});

test("oneself comes last", () => {
  const people = ["a", "b"].map((id) => ({ id, name: id, tabs: 1 }));
  expect(othersFirst(people, "a").map((each) => each.id)).toEqual(["b", "a"]);
});
