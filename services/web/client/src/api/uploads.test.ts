import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Node } from "./types";
import { dropUpload, retryUpload, upload, useUploads } from "./uploads";

/** A connection that answers when the test says so. */
class Connection {
  static opened: Connection[] = [];
  upload: { onprogress?: (event: { loaded: number }) => void } = {};
  status = 0;
  responseText = "";
  onload?: () => void;
  onabort?: () => void;
  address = "";
  open(_method: string, address: string) {
    this.address = address;
    Connection.opened.push(this);
  }
  setRequestHeader() {}
  getResponseHeader = () => "application/json";
  send() {}
  abort = () => this.onabort?.();
  answer(status: number, body: unknown) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    return act(async () => this.onload?.());
  }
}

const refusal = { data: null, error: { message: "It is there.", errors: [{ code: "FileExists" }] } };
let count = 0;
let node: Node;

beforeEach(() => {
  vi.stubGlobal("XMLHttpRequest", Connection);
  Connection.opened = [];
  node = { id: `n${++count}`, project_id: "p" } as Node;
});

function begin(...names: string[]) {
  const seen = renderHook(() => useUploads(node.id)).result;
  act(() => upload({ node, volume: "/home", path: "data" }, names.map((name) => new File(["12345"], name))));
  return () => seen.current;
}

test("files go one after the other, each under its own name, and say how far they are", async () => {
  const uploads = begin("a", "b");
  expect(uploads().map((each) => each.state)).toEqual(["sending", "waiting"]);
  act(() => Connection.opened[0]!.upload.onprogress?.({ loaded: 3 }));
  expect(uploads()[0]!.sent).toBe(3);
  await Connection.opened[0]!.answer(201, { data: {} });
  expect(uploads().map((each) => each.state)).toEqual(["done", "sending"]);
  expect(Connection.opened[1]!.address).toContain("path=data%2Fb");
  await Connection.opened[1]!.answer(201, { data: {} });
});

test("a file that is there is replaced only after a yes", async () => {
  const uploads = begin("a");
  expect(Connection.opened[0]!.address).not.toContain("replace");
  await Connection.opened[0]!.answer(409, refusal);
  expect(uploads()[0]!.state).toBe("exists");
  await act(async () => retryUpload(uploads()[0]!.id, true));
  expect(Connection.opened[1]!.address).toContain("replace=true");
  await Connection.opened[1]!.answer(201, { data: {} });
  expect(uploads()[0]!.state).toBe("done");
});

test("one that is cancelled is gone, and the next begins", async () => {
  const uploads = begin("a", "b");
  await act(async () => dropUpload(uploads()[0]!.id));
  expect(uploads().map((each) => [each.name, each.state])).toEqual([["b", "sending"]]);
  await Connection.opened[1]!.answer(201, { data: {} });
});
