/** Lines cards up. */
import type { Position } from "../api/types";

export type Box = Position & { id: string; width: number; height: number };
export type Way = "left" | "centre" | "right" | "top" | "middle" | "bottom" | "across" | "down";
export const WAYS: Way[] = ["left", "centre", "right", "top", "middle", "bottom", "across", "down"];

/** Where the boxes stand once they are lined up; `across` and `down` leave equal gaps between them. */
export function aligned(boxes: Box[], way: Way): (Position & { id: string })[] {
  if (way === "across") return spread(boxes, "x", "width");
  if (way === "down") return spread(boxes, "y", "height");
  const isAcross = way === "left" || way === "centre" || way === "right";
  const [axis, size] = isAcross ? (["x", "width"] as const) : (["y", "height"] as const);
  const first = Math.min(...boxes.map((box) => box[axis]));
  const last = Math.max(...boxes.map((box) => box[axis] + box[size]));
  return boxes.map((box) => {
    const at = { left: first, top: first, right: last - box[size], bottom: last - box[size] }[way as "left"] ?? (first + last - box[size]) / 2;
    return { id: box.id, x: box.x, y: box.y, [axis]: Math.round(at) };
  });
}

function spread(boxes: Box[], axis: "x" | "y", size: "width" | "height"): (Position & { id: string })[] {
  const sorted = [...boxes].sort((a, b) => a[axis] - b[axis]);
  const end = Math.max(...sorted.map((box) => box[axis] + box[size]));
  const filled = sorted.reduce((sum, box) => sum + box[size], 0);
  const gap = Math.max(16, (end - sorted[0]![axis] - filled) / Math.max(1, sorted.length - 1));
  let at = sorted[0]![axis];
  return sorted.map((box) => {
    const placed = { id: box.id, x: box.x, y: box.y, [axis]: Math.round(at) };
    at += box[size] + gap;
    return placed;
  });
}
