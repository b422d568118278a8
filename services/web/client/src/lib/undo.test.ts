import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commitRemovals, removeLater, UNDO_MS, undoRemoval, useRemovals } from "./undo";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a removal is hidden at once and sent after the time for undoing", async () => {
  const send = vi.fn(() => Promise.resolve());
  const { result } = renderHook(useRemovals);
  act(() => removeLater("a", send, vi.fn()));
  expect(result.current.has("a")).toBe(true);
  expect(send).not.toHaveBeenCalled();
  await act(() => vi.advanceTimersByTimeAsync(UNDO_MS));
  expect(send).toHaveBeenCalledOnce();
  expect(result.current.has("a")).toBe(false);
});

test("an undone removal is never sent", async () => {
  const send = vi.fn(() => Promise.resolve());
  const { result } = renderHook(useRemovals);
  act(() => removeLater("b", send, vi.fn()));
  act(() => undoRemoval("b"));
  await act(() => vi.advanceTimersByTimeAsync(2 * UNDO_MS));
  expect(send).not.toHaveBeenCalled();
  expect(result.current.has("b")).toBe(false);
});

test("leaving the page sends what was removed, once", async () => {
  const send = vi.fn(() => Promise.resolve());
  removeLater("c", send, vi.fn());
  commitRemovals();
  commitRemovals();
  await act(() => vi.advanceTimersByTimeAsync(2 * UNDO_MS));
  expect(send).toHaveBeenCalledOnce();
});

test("a refused removal shows again, with the reason", async () => {
  const refusal = new Error("no");
  const onRefused = vi.fn();
  const { result } = renderHook(useRemovals);
  act(() => removeLater("d", () => Promise.reject(refusal), onRefused));
  await act(() => vi.advanceTimersByTimeAsync(UNDO_MS));
  expect(onRefused).toHaveBeenCalledWith(refusal);
  expect(result.current.has("d")).toBe(false);
});
