import type { Way } from "../../lib/align";

/** Two bars against a line, drawn lying down; the ways that go up and down are the same, turned. */
const lying: Record<string, string> = {
  start: "M2.5 2v12M5 4h8v3H5zM5 9h5v3H5z",
  middle: "M8 2v12M4 4h8v3H4zM5.500 9h5v3h-5z",
  end: "M13.500 2v12M3 4h8v3H3zM6 9h5v3H6z",
  gaps: "M2.500 2v12M13.500 2v12M6 4h4v8H6z",
};
const drawing: Record<Way, [keyof typeof lying, boolean]> = {
  left: ["start", false], centre: ["middle", false], right: ["end", false], across: ["gaps", false],
  top: ["start", true], middle: ["middle", true], bottom: ["end", true], down: ["gaps", true],
};

export function AlignIcon({ way }: { way: Way }) {
  const [name, isTurned] = drawing[way];
  return (
    <svg aria-hidden width={16} height={16} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.3}>
      <path d={lying[name]} transform={isTurned ? "matrix(0 1 1 0 0 0)" : undefined} />
    </svg>
  );
}
