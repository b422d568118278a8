/** Uploads that are under way: one after the other, and also while nobody looks at the files. */
import { useSyncExternalStore } from "react";
import { newId } from "../lib/ids";
import { refreshFiles, sendFile, type FilePlace } from "./files";
import { ApiError } from "./errors";

export type UploadState = "waiting" | "sending" | "exists" | "failed" | "done";
export type Upload = { id: string; place: FilePlace; name: string; size: number; sent: number; state: UploadState; error: unknown };

const files = new Map<string, File>();
const stops = new Map<string, AbortController>();
const listeners = new Set<() => void>();
let uploads: readonly Upload[] = [];

function change(next: readonly Upload[]): void {
  uploads = next;
  listeners.forEach((tell) => tell());
}

function note(id: string, what: Partial<Upload>): void {
  change(uploads.map((each) => (each.id === id ? { ...each, ...what } : each)));
}

/** Uploads files into a folder, each under its own name. */
export function upload(folder: FilePlace, chosen: File[]): void {
  const fresh = chosen.map((file): Upload => {
    const id = newId();
    files.set(id, file);
    const path = folder.path ? `${folder.path}/${file.name}` : file.name;
    return { id, place: { ...folder, path }, name: file.name, size: file.size, sent: 0, state: "waiting", error: null };
  });
  change([...uploads, ...fresh]);
  next();
}

/** Ends an upload, or forgets one that is over; nothing of an unfinished one is kept. */
export function dropUpload(id: string): void {
  stops.get(id)?.abort();
  files.delete(id);
  change(uploads.filter((each) => each.id !== id));
}

/** Tries again one that failed; `mayReplace` is the answer to the question whether the file that is there may go. */
export function retryUpload(id: string, mayReplace: boolean): void {
  note(id, { state: "waiting", sent: 0, error: null });
  next(mayReplace ? id : undefined);
}

const replacing = new Set<string>();

function next(replaced?: string): void {
  if (replaced) replacing.add(replaced);
  if (uploads.some((each) => each.state === "sending")) return;
  const waiting = uploads.find((each) => each.state === "waiting");
  if (waiting) void send(waiting);
}

async function send({ id, place }: Upload): Promise<void> {
  const stop = new AbortController();
  stops.set(id, stop);
  note(id, { state: "sending" });
  try {
    await sendFile({
      place, file: files.get(id)!, mayReplace: replacing.has(id), signal: stop.signal, onSent: (sent) => note(id, { sent }),
    });
    note(id, { state: "done" });
    files.delete(id);
  } catch (error) {
    note(id, { state: error instanceof ApiError && error.codes.includes("FileExists") ? "exists" : "failed", error });
  } finally {
    stops.delete(id);
    replacing.delete(id);
    refreshFiles(place.node);
    next();
  }
}

/** The uploads of a node, in the order in which they were asked for. */
export function useUploads(nodeId: string): Upload[] {
  const all = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => uploads,
  );
  return all.filter((each) => each.place.node.id === nodeId);
}

// A page that goes away takes its uploads with it: the browser asks first.
window.addEventListener("beforeunload", (event) => {
  if (uploads.some((each) => each.state === "sending" || each.state === "waiting")) event.preventDefault();
});
