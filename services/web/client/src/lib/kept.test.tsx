import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { useSort } from "../pages/projects/sorting";
import { isOneOf, isSwitch, useKept } from "./kept";
import { useTour } from "./tour";

const BROKEN = ["", "null", "{", "undefined", "7", '"projects"', '{"length":1}', "[1, null]", "true"];

beforeEach(() => localStorage.clear());

describe("what is kept in the browser", () => {
  const isView = isOneOf("grid", "list");
  const kept = () => renderHook(() => useKept("k", "grid", isView)).result;

  test("comes back", () => {
    const view = kept();
    act(() => view.current[1]("list"));
    expect(kept().current[0]).toBe("list");
  });

  test.each(BROKEN)("counts as nothing when it is %j", (text) => {
    localStorage.setItem("k", text);
    expect(kept().current[0]).toBe("grid");
  });

  test("counts as nothing when another tab breaks or removes it", () => {
    const view = kept();
    act(() => view.current[1]("list"));
    for (const newValue of ["[", null]) {
      act(() => void window.dispatchEvent(new StorageEvent("storage", { key: "k", newValue, storageArea: localStorage })));
      expect(view.current[0]).toBe("grid");
    }
  });

  test("false is a value like any other", () => {
    localStorage.setItem("k", "false");
    expect(renderHook(() => useKept("k", true, isSwitch)).result.current[0]).toBe(false);
  });
});

describe("the tour", () => {
  test.each(BROKEN)("begins anew when %j is kept, and can be ended", (text) => {
    localStorage.setItem("werkbank-tour", text);
    const tour = renderHook(useTour).result;
    expect(tour.current.isNew("projects")).toBe(true);
    act(() => tour.current.see("projects"));
    expect(tour.current.isNew("projects")).toBe(false);
  });
});

describe("the order of the projects", () => {
  test.each([...BROKEN, '{"field":"owner","isDown":true}', '{"field":"name"}'])("is the newest first when %j is kept", (text) => {
    localStorage.setItem("werkbank-projects-sort", text);
    expect(renderHook(useSort).result.current[0]).toEqual({ field: "changed_at", isDown: true });
  });

  test("is what was chosen last", () => {
    localStorage.setItem("werkbank-projects-sort", '{"field":"name","isDown":false}');
    expect(renderHook(useSort).result.current[0]).toEqual({ field: "name", isDown: false });
  });
});
