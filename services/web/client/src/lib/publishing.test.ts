import { expect, test } from "vitest";
import { folderProblem, outcomeOf, refProblem, urlProblem } from "./publishing";

test.each(["https://git.example/group/name.git", "https://git.example"])("an address like %s can be fetched", (url) => {
  expect(urlProblem(url, ["https"])).toBeNull();
});

test.each(["git.example/name", "http://git.example/name", "file:///etc", "https://ada:secret@git.example/name", ""])("an address like %s is refused before it is sent", (url) => {
  expect(urlProblem(url, ["https"])).not.toBeNull();
});

test("a ref or a folder may be left away, and neither is an option or a way out", () => {
  expect([refProblem(""), refProblem("v1.2"), folderProblem(""), folderProblem("services/dy-name/")]).toEqual([null, null, null, null]);
  expect([refProblem("--force"), refProblem("a..b"), folderProblem("../secrets"), folderProblem("a b")]).not.toContain(null);
});

test("what came of it names the version, and the commit where there is one", () => {
  const result = { key: "simcore/services/dynamic/tiny", version: "1.0.0", digest: "sha256:0", commit: "0123456789abcdef", is_new: true };
  expect(outcomeOf(result)).toContain("0123456789ab.");
  expect(outcomeOf({ ...result, commit: "" })).not.toContain("commit");
  expect(outcomeOf({ ...result, is_new: false })).toContain("already");
});
