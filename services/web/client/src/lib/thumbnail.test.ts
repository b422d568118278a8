import { expect, test } from "vitest";
import { PICTURE, pictureOf } from "./thumbnail";

const at = (x: number, y: number) => ({ x, y, state: "created" as const });

test("an empty canvas is an empty picture", () => {
  expect(pictureOf({ nodes: [], links: [] })).toEqual({ boxes: [], lines: [] });
});

test("every card is inside the picture, however far apart they stand", () => {
  const { boxes } = pictureOf({ nodes: [at(-5_000, 40), at(9_000, 8_000), at(0, 0)], links: [] });
  for (const box of boxes) {
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(PICTURE.width);
    expect(box.y + box.height).toBeLessThanOrEqual(PICTURE.height);
  }
});

test("a link goes from the right of its source to the left of its target; one whose end is not shown is left out", () => {
  const { boxes, lines } = pictureOf({ nodes: [at(0, 0), at(400, 0)], links: [{ source: 0, target: 1 }, { source: 0, target: 7 }] });
  expect(lines).toHaveLength(1);
  expect(lines[0]!.x1).toBeCloseTo(boxes[0]!.x + boxes[0]!.width);
  expect(lines[0]!.x2).toBeCloseTo(boxes[1]!.x);
});
