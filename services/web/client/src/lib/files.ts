/** Files as a list shows them. */
import type { FileEntry } from "../api/types";
import type { Sort } from "./sort";

export type FileSort = Sort<"name" | "size" | "modified">;

/** What a row leads into: a link counts as what it leads to. */
export function isFolder(entry: FileEntry): boolean {
  return (entry.leads_to ?? entry.kind) === "folder";
}

export function isFile(entry: FileEntry): boolean {
  return (entry.leads_to ?? entry.kind) === "file";
}

export function joined(...names: string[]): string {
  return names.filter(Boolean).join("/");
}

/** Each folder on the way to a path, the last one being the path itself. */
export function crumbsOf(path: string): { name: string; path: string }[] {
  const names = path.split("/").filter(Boolean);
  return names.map((name, at) => ({ name, path: names.slice(0, at + 1).join("/") }));
}

/** Those whose name holds the query, folders first; names as people count: "run 2" before "run 10". */
export function arranged(entries: FileEntry[], query: string, sort: FileSort): FileEntry[] {
  const wanted = query.trim().toLowerCase();
  const byName = (a: FileEntry, b: FileEntry) => a.name.localeCompare(b.name, undefined, { numeric: true });
  const by: Record<FileSort["field"], (a: FileEntry, b: FileEntry) => number> = {
    name: byName,
    size: (a, b) => (a.size ?? 0) - (b.size ?? 0) || byName(a, b),
    modified: (a, b) => Date.parse(a.modified) - Date.parse(b.modified) || byName(a, b),
  };
  const way = sort.isDown ? -1 : 1;
  return entries
    .filter((entry) => entry.name.toLowerCase().includes(wanted))
    .sort((a, b) => Number(isFolder(b)) - Number(isFolder(a)) || way * by[sort.field](a, b));
}
