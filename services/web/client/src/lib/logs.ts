/** A container's log as people read it. */

// Colours and cursor movements of terminals: CSI and OSC sequences.
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007]*(\u0007|\u001b\\)/g;

export type Line = { at: number; text: string };

/** The lines that hold `query` (all of them for an empty one), numbered from 1. */
export function logLines(text: string, query: string): Line[] {
  const wanted = query.trim().toLowerCase();
  const lines = text.replace(ESCAPES, "").replace(/\n$/, "").split("\n");
  return lines
    .map((line, index) => ({ at: index + 1, text: line.slice(line.lastIndexOf("\r", line.length - 2) + 1) }))
    .filter((line) => !wanted || line.text.toLowerCase().includes(wanted));
}

/** The text cut at every occurrence of `query`: the odd pieces are the ones that were looked for. */
export function cutAt(text: string, query: string): string[] {
  const wanted = query.trim();
  if (!wanted) return [text];
  return text.split(new RegExp(`(${wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")})`, "gi"));
}
