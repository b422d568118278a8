import { describe, expect, it } from "vitest";
import { bytesOf } from "./bytes";

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [9_949, "9.9 kB"],
    [9_960, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [34_200_000_000, "34 GB"],
  ])("%d are %s", (count, words) => expect(bytesOf(count)).toBe(words));
});
