/** Rules of publishing services from the page; the server checks them again. */
import { texts } from "../texts";

const words = texts.publish;

/** What a job of the kind publish tells once it has succeeded. */
export type Published = { key: string; version: string; digest: string; commit: string; is_new: boolean };

/** Why a repository's address cannot be used, or null. */
export function urlProblem(url: string, protocols: string[]): string | null {
  const found = /^([a-z]+):\/\/([^/]*)(\/\S*)?$/.exec(url);
  if (!found || !protocols.includes(found[1]!)) return words.urlWrong(protocols.join(", "));
  return found[2]!.includes("@") ? words.urlLogin : null;
}

/** Why a branch, tag or commit cannot be one, or null; nothing means the repository's own choice. */
export function refProblem(ref: string): string | null {
  return ref && (!/^[A-Za-z0-9][A-Za-z0-9._/+-]*$/.test(ref) || ref.includes("..")) ? words.refWrong : null;
}

/** Why a path in the sources cannot be one, or null; nothing means their root. */
export function folderProblem(folder: string): string | null {
  const names = folder.split("/").filter(Boolean);
  return names.every((name) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) ? null : words.folderWrong;
}

/** What came of it, in a sentence. */
export function outcomeOf(result: Published): string {
  const name = `${result.key} ${result.version}`;
  if (!result.is_new) return words.same(name);
  return words.published(name, result.commit.slice(0, 12));
}
