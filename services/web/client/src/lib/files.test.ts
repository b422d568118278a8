import { expect, test } from "vitest";
import type { FileEntry } from "../api/types";
import { arranged, crumbsOf, isFolder, joined } from "./files";

const entry = (name: string, more: Partial<FileEntry> = {}): FileEntry => ({
  name, kind: "file", size: 1, modified: "2026-01-05T11:48:00+00:00", is_usable: true, leads_to: null, ...more,
});
const names = (entries: FileEntry[]) => entries.map((each) => each.name);

test("folders come first, and numbers in names count as numbers", () => {
  const all = [entry("run 10"), entry("run 2"), entry("z", { kind: "folder", size: null })];
  expect(names(arranged(all, "", { field: "name", isDown: false }))).toEqual(["z", "run 2", "run 10"]);
  expect(names(arranged(all, "", { field: "name", isDown: true }))).toEqual(["z", "run 10", "run 2"]);
});

test("a list is sorted by size or moment, and narrowed by a part of the name", () => {
  const all = [entry("a", { size: 3 }), entry("b", { size: 10, modified: "2025-01-05T11:48:00+00:00" })];
  expect(names(arranged(all, "", { field: "size", isDown: true }))).toEqual(["b", "a"]);
  expect(names(arranged(all, "", { field: "modified", isDown: false }))).toEqual(["b", "a"]);
  expect(names(arranged(all, "A", { field: "name", isDown: false }))).toEqual(["a"]);
});

test("a link to a folder is gone into like one", () => {
  expect(isFolder(entry("latest", { kind: "link", leads_to: "folder" }))).toBe(true);
  expect(isFolder(entry("out", { kind: "link" }))).toBe(false);
});

test("a path is a way of folders", () => {
  expect(crumbsOf("a/b")).toEqual([{ name: "a", path: "a" }, { name: "b", path: "a/b" }]);
  expect(crumbsOf("")).toEqual([]);
  expect(joined("", "a", "b c")).toBe("a/b c");
});
