import { act, renderHook } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { useLogSearch } from "../pages/project/useLogSearch";
import { cutAt, hitsIn, logLines } from "./logs";

describe("a log", () => {
  test("is read without the terminal's colours, and a progress bar is its last line", () => {
    expect(logLines("\u001b[32mok\u001b[0m\n10 %\r50 %\n").map((line) => line.text)).toEqual(["ok", "50 %"]);
  });

  test("is cut where the words are, whatever signs they hold", () => {
    expect(cutAt("a (b) c", "(B)")).toEqual(["a ", "(b)", " c"]);
    expect(cutAt("a", " ")).toEqual(["a"]);
  });

  test("names every place that holds the words, several in one line, too", () => {
    expect(hitsIn(logLines("no\nOne one\none"), "one")).toEqual([{ at: 2, nth: 0 }, { at: 2, nth: 1 }, { at: 3, nth: 0 }]);
    expect(hitsIn(logLines("one"), " ")).toEqual([]);
  });
});

describe("looking through a log", () => {
  const lines = logLines("a b\nb\nc b");
  const search = () => {
    const { result } = renderHook(() => useLogSearch(lines));
    act(() => result.current.setQuery("b"));
    return result;
  };

  test("goes from place to place, and round at both ends", () => {
    const result = search();
    expect(result.current.hit).toBeNull();
    const seen = [1, 1, 1, 1, -1, -1].map((by) => {
      act(() => result.current.step(by as 1 | -1));
      return result.current.at;
    });
    expect(seen).toEqual([0, 1, 2, 0, 2, 1]);
  });

  test("begins at the end when it goes up first", () => {
    const result = search();
    act(() => result.current.step(-1));
    expect(result.current.hit).toEqual({ at: 3, nth: 0 });
  });

  test("finds nothing quietly", () => {
    const result = search();
    act(() => result.current.setQuery("zzz"));
    act(() => result.current.step(1));
    expect(result.current).toMatchObject({ hits: [], hit: null });
  });
});
