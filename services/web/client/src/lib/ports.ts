/** Which output may be linked to which input. */
import type { Port } from "../api/types";
import { texts } from "../texts";

/** The mimes of a `data:` type: one, or a list in brackets; null for a plain type. */
function mimesOf(type: string): string[] | null {
  if (!type.startsWith("data:")) return null;
  const list = type.slice("data:".length).trim().replace(/^\[|\]$/g, "");
  return list.split(",").map((mime) => mime.trim()).filter(Boolean);
}

function mimeMatches(pattern: string, mime: string): boolean {
  const [kind, sub] = pattern.split("/");
  const [mimeKind, mimeSub] = mime.split("/");
  const fits = (want = "*", got = "*") => want === "*" || got === "*" || want === got;
  return fits(kind, mimeKind) && fits(sub, mimeSub);
}

/** Globs and lists of mimes are allowed on inputs; an integer is also a number. */
export function canLink(output: string, input: string): boolean {
  const given = mimesOf(output);
  const wanted = mimesOf(input);
  if (given && wanted) return wanted.some((pattern) => given.some((mime) => mimeMatches(pattern, mime)));
  return output === input || (output === "integer" && input === "number");
}

/** A port's type as people say it. */
export function typeWords(type: string): string {
  const mimes = mimesOf(type);
  return mimes ? texts.linking.file(mimes.join(", ")) : (texts.linking.types[type] ?? type);
}

/** The ports of a service in the order its author wished. */
export function portList(ports: Record<string, unknown>): (Port & { key: string })[] {
  return Object.entries(ports as Record<string, Port>)
    .map(([key, port]) => ({ ...port, key }))
    .sort((a, b) => (a.displayOrder ?? 0) - (b.displayOrder ?? 0) || a.key.localeCompare(b.key));
}
