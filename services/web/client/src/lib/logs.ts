/** A container's log as people read it. */

// Colours and cursor movements of terminals: CSI and OSC sequences.
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007]*(\u0007|\u001b\\)/g;

export type Line = { at: number; text: string };
/** The `nth` place (from 0) in line `at` that holds what is looked for. */
export type Hit = { at: number; nth: number };

/** The lines as a terminal would show them, without colours, numbered from 1. */
export function logLines(text: string): Line[] {
  const lines = text.replace(ESCAPES, "").replace(/\n$/, "").split("\n");
  return lines.map((line, index) => ({ at: index + 1, text: line.slice(line.lastIndexOf("\r", line.length - 2) + 1) }));
}

/** Every place that holds `query`, from the top; none for an empty one. */
export function hitsIn(lines: Line[], query: string): Hit[] {
  if (!query.trim()) return [];
  return lines.flatMap(({ at, text }) => Array.from({ length: (cutAt(text, query).length - 1) / 2 }, (_, nth) => ({ at, nth })));
}

/** The text cut at every occurrence of `query`: the odd pieces are the ones that were looked for. */
export function cutAt(text: string, query: string): string[] {
  const wanted = query.trim();
  if (!wanted) return [text];
  return text.split(new RegExp(`(${wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")})`, "gi"));
}
