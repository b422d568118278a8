/** The files of a node. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { texts } from "../texts";
import { cache } from "./cache";
import { api, csrfToken, done, renewToken, take } from "./client";
import { ApiError, errorFrom } from "./errors";
import type { FileEntry, Node } from "./types";

/** Where something is: a node's volume (empty for its first), and a path below it. */
export type FilePlace = { node: Node; volume: string; path: string };

const pathOf = ({ node }: { node: Node }) => ({ project_id: node.project_id, node_id: node.id });
const PATH = "/api/v0/projects/{project_id}/nodes/{node_id}/files";

export function useFolder({ node, volume, path }: FilePlace) {
  return useQuery({
    queryKey: ["files", node.id, volume, path],
    queryFn: () => take(api.GET(PATH, { params: { path: pathOf({ node }), query: { volume, path } } })),
    refetchInterval: node.state === "running" ? 10_000 : false,
  });
}

/** What is shown of a node's files is asked for again. */
export function refreshFiles(node: Node): void {
  void cache.invalidateQueries({ queryKey: ["files", node.id] });
}

export function useMakeFolder(node: Node) {
  return useMutation({
    mutationFn: (body: { volume: string; path: string }) =>
      take(api.POST(`${PATH}/folders`, { params: { path: pathOf({ node }) }, body })),
    onSuccess: () => refreshFiles(node),
  });
}

export function useRenameFile(node: Node) {
  return useMutation({
    mutationFn: (body: { volume: string; path: string; to: string }) =>
      take(api.PATCH(PATH, { params: { path: pathOf({ node }) }, body })),
    onSuccess: () => refreshFiles(node),
  });
}

export function useRemoveFile(node: Node) {
  return useMutation({
    mutationFn: (query: { volume: string; path: string }) =>
      done(api.DELETE(PATH, { params: { path: pathOf({ node }), query } })),
    onSettled: () => refreshFiles(node),
  });
}

/** The address of a file, or of a folder as an archive, for the browser to save. */
export function addressOf({ node, volume, path }: FilePlace, what: "content" | "archive", more = ""): string {
  const query = new URLSearchParams({ volume, path });
  return `/api/v0/projects/${node.project_id}/nodes/${node.id}/files/${what}?${query}${more}`;
}

type Sending = { place: FilePlace; file: File; mayReplace: boolean; onSent: (bytes: number) => void; signal: AbortSignal };

/** Uploads one file; `fetch` could not say how far it is. Throws `ApiError`, also when it was cancelled. */
export async function sendFile(sending: Sending): Promise<FileEntry> {
  const first = await sendOnce(sending);
  // As every other call: the token of this tab may have become stale.
  const answer = first.status === 403 && (await renewToken()) ? await sendOnce(sending) : first;
  const body: unknown = JSON.parse(answer.text || "null");
  if (answer.status !== 201) throw errorFrom(new Response(null, { status: answer.status }), body);
  return (body as { data: FileEntry }).data;
}

function sendOnce({ place, file, mayReplace, onSent, signal }: Sending): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", addressOf(place, "content", mayReplace ? "&replace=true" : ""));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRF-Token", csrfToken() ?? "");
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onload = () => resolve({ status: request.status, text: isJson(request) ? request.responseText : "" });
    request.onerror = () => reject(new ApiError(texts.files.broken, 0));
    request.onabort = () => reject(new ApiError(texts.files.cancelled, 0));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function isJson(request: XMLHttpRequest): boolean {
  return request.getResponseHeader("Content-Type")?.startsWith("application/json") ?? false;
}
