import { beforeEach, describe, expect, test } from "vitest";
import { alone, NO_LAYOUT, put, recall, remember, shown, PORTION, without, withPortion, type Layout } from "./layout";

const open = (...ids: string[]): Layout => ids.reduce(shown, NO_LAYOUT);
const split = put(open("a", "b"), "b", "right");

describe("two pages side by side", () => {
  test("a page put at a side leaves the other to what was shown", () => {
    expect(put(open("a"), "b", "right")).toMatchObject({ open: ["a", "b"], active: "b", pair: ["a", "b"] });
    expect(put(open("a"), "b", "left").pair).toEqual(["b", "a"]);
  });

  test("the page that is shown takes the one opened before it beside it", () => expect(split.pair).toEqual(["a", "b"]));

  test("a page alone has nobody to stand beside", () => expect(put(open("a"), "a", "right").pair).toBeNull());

  test("a third one takes the place of the side it is put at", () => {
    expect(put(split, "c", "left").pair).toEqual(["c", "b"]);
    expect(put(split, "c", "right").pair).toEqual(["a", "c"]);
  });

  test("one of the pair put at the other side changes places", () => expect(put(split, "a", "right").pair).toEqual(["b", "a"]));

  test("the pair is kept while the canvas or a third page is shown", () => {
    expect(shown(split, null).pair).toEqual(["a", "b"]);
    expect(shown(shown(split, "c"), "a")).toMatchObject({ active: "a", pair: ["a", "b"] });
  });

  test("a third page beside a pair that is not shown makes a new pair", () => expect(put(shown(split, "c"), "d", "right").pair).toEqual(["c", "d"]));

  test("one page alone ends the pair and keeps both tabs", () => expect(alone(split, "a")).toMatchObject({ open: ["a", "b"], active: "a", pair: null }));
});

describe("closing a tab", () => {
  test("of a pair leaves the other page", () => expect(without(split, "b")).toMatchObject({ open: ["a"], active: "a", pair: null }));
  test("that is shown alone goes to the canvas", () => expect(without(open("a", "b"), "b")).toMatchObject({ open: ["a"], active: null }));
  test("that is not shown changes nothing else", () => expect(without(shown(split, "c"), "c").pair).toEqual(["a", "b"]));
  test("of a pair while the canvas is shown stays on the canvas", () => expect(without(shown(split, null), "a")).toMatchObject({ active: null, pair: null }));
});

describe("what a browser remembers of a project", () => {
  beforeEach(() => localStorage.clear());

  test("comes back as it was, and belongs to that project alone", () => {
    remember("p", withPortion(split, 30));
    expect(recall("p")).toEqual(withPortion(split, 30));
    expect(recall("q")).toEqual(NO_LAYOUT);
  });

  test.each(["", "no json", "[]", '{"open":[1]}', '{"pair":["a","b"]}'])("%j is nothing", (text) => {
    localStorage.setItem("werkbank-pages-p", text);
    expect(recall("p")).toEqual(NO_LAYOUT);
  });

  test("a pair of which one page is not open is none", () => {
    localStorage.setItem("werkbank-pages-p", '{"open":["a"],"active":"b","pair":["a","b"],"portion":99}');
    expect(recall("p")).toEqual({ open: ["a"], active: null, pair: null, portion: PORTION.most });
  });

  test("is forgotten with the last tab", () => {
    remember("p", split);
    remember("p", NO_LAYOUT);
    expect(localStorage.length).toBe(0);
  });
});
