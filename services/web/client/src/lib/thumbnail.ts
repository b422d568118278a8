/** A canvas at a glance: where its cards and links are, fitted into a small picture. */
import type { NodeState, Thumbnail } from "../api/types";
import { CARD } from "./placement";

export const PICTURE = { width: 240, height: 120, padding: 12 };
/** A single card is not blown up to the whole picture. */
const LARGEST_SCALE = 0.22;

export type Box = { x: number; y: number; width: number; height: number; state: NodeState };
export type Line = { x1: number; y1: number; x2: number; y2: number };

export function pictureOf({ nodes, links }: Thumbnail): { boxes: Box[]; lines: Line[] } {
  if (!nodes.length) return { boxes: [], lines: [] };
  const [left, top] = [Math.min(...nodes.map((node) => node.x)), Math.min(...nodes.map((node) => node.y))];
  const wide = Math.max(...nodes.map((node) => node.x)) - left + CARD.width;
  const high = Math.max(...nodes.map((node) => node.y)) - top + CARD.height;
  const { width, height, padding } = PICTURE;
  const scale = Math.min((width - 2 * padding) / wide, (height - 2 * padding) / high, LARGEST_SCALE);
  const [dx, dy] = [(width - wide * scale) / 2, (height - high * scale) / 2];
  const boxes = nodes.map((node) => ({
    x: dx + (node.x - left) * scale, y: dy + (node.y - top) * scale,
    width: Math.max(3, CARD.width * scale), height: Math.max(2, CARD.height * scale), state: node.state as NodeState,
  }));
  const lines = links.flatMap(({ source, target }) => {
    const [from, to] = [boxes[source], boxes[target]];
    if (!from || !to) return [];
    return [{ x1: from.x + from.width, y1: from.y + from.height / 2, x2: to.x, y2: to.y + to.height / 2 }];
  });
  return { boxes, lines };
}
