import { describe, expect, it } from "vitest";
import type { Deployment, HostImage, HostTask, Part } from "../api/types";
import { memoryOf } from "./bytes";
import { changedParts, chosenImages, countImages, nameOfImage, newestImages, shareOf, stateOfTask, tagOf } from "./platform";

const part = (name: string, image: string, options: string[] = []) =>
  ({ name, image, options: options.map((each) => ({ image: each })) }) as unknown as Part;
const deployment = (images: Record<string, string>) => ({ images }) as unknown as Deployment;

describe("the cluster's page", () => {
  it("says bytes as people do", () => {
    expect([0, 512 * 2 ** 20, 3.14 * 2 ** 30].map(memoryOf)).toEqual(["0 B", "512 MiB", "3.1 GiB"]);
  });
  it("draws no bar of what nobody told, and none that is longer than its whole", () => {
    expect([shareOf(1, 0), shareOf(3, 2), shareOf(1, 2)]).toEqual([0, 1, 0.5]);
  });
  it("takes what the engine has not begun for starting, never for running", () => {
    expect(["preparing", "running", "rejected"].map((state) => stateOfTask({ state } as HostTask))).toEqual(["starting", "running", "failed"]);
  });
});

describe("images on hosts", () => {
  it("counts what is there apart from what comes and what could not", () => {
    const images = ["here", "pulling", "here", "failed", "waiting"].map((state) => ({ state }) as HostImage);
    expect(countImages(images)).toEqual({ here: 2, pulling: 1, failed: 1 });
  });
  it("names a service by what tells it from others", () => {
    const name = (repository: string) => nameOfImage({ repository, tag: "1.0.0" } as HostImage);
    expect(["simcore/services/dynamic/lab/jupyter", "elsewhere/tool"].map(name)).toEqual(["lab/jupyter 1.0.0", "elsewhere/tool 1.0.0"]);
  });
});

describe("a deployment", () => {
  it("plans only what differs from what runs", () => {
    expect(chosenImages([part("web", "a"), part("gateway", "b")], { web: "a", gateway: "c" })).toEqual({ gateway: "c" });
  });
  it("keeps a part of which the registry has nothing", () => {
    expect(newestImages([part("web", "a", ["n", "a"]), part("gateway", "b")])).toEqual({ web: "n", gateway: "b" });
  });
  it("says what changed since the one before", () => {
    const before = deployment({ web: "a", gateway: "b" });
    expect(changedParts(deployment({ web: "a", gateway: "c" }), before)).toEqual(["gateway"]);
    expect(changedParts(before, undefined)).toEqual(["web", "gateway"]);
  });
  it("shortens a content hash and leaves a version whole", () => {
    expect(tagOf("r:1/werkbank/web:0123456789abcdef0123@sha256:1")).toBe("0123456789ab");
    expect(tagOf("r:1/web:1.2.0")).toBe("1.2.0");
    expect(tagOf("r:1/werkbank/web@sha256:0123456789abcdef0123")).toBe("0123456789ab");
  });
});
