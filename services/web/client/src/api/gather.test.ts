import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gather } from "./gather";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function drawn() {
  const batches: number[][] = [];
  return { batches, news: gather<number>((batch) => batches.push(batch)) };
}

test("what arrives together is drawn together, in its order, and nothing is drawn when nothing came", () => {
  const { batches, news } = drawn();
  [1, 2, 3].forEach(news.add);
  expect(batches).toEqual([]);
  vi.runAllTimers();
  expect(batches).toEqual([[1, 2, 3]]);
});

test("many are drawn in several turns, none is lost", () => {
  const { batches, news } = drawn();
  const all = Array.from({ length: 100 }, (_, at) => at);
  all.forEach(news.add);
  vi.runAllTimers();
  expect(batches.length).toBeGreaterThan(2);
  expect(batches.flat()).toEqual(all);
});

test("what comes between two turns is drawn as well", () => {
  const { batches, news } = drawn();
  news.add(1);
  vi.runAllTimers();
  news.add(2);
  vi.runAllTimers();
  expect(batches).toEqual([[1], [2]]);
});

test("a slow page is given rest: the longer a turn took, the later the next", () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const turns: number[][] = [];
  const news = gather<number>((batch) => {
    turns.push(batch);
    now += 100;
  });
  Array.from({ length: 40 }, (_, at) => at).forEach(news.add);
  vi.advanceTimersByTime(300);
  expect(turns).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(turns).toHaveLength(2);
  vi.restoreAllMocks();
});

test("what is not wanted any more is not drawn, and after the end nothing is", () => {
  const { batches, news } = drawn();
  [1, 2].forEach(news.add);
  news.drop((each) => each === 1);
  vi.runAllTimers();
  expect(batches).toEqual([[2]]);
  news.add(3);
  news.stop();
  vi.runAllTimers();
  expect(batches).toEqual([[2]]);
});
