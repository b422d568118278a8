/** Where a new card goes, so that it covers no other. */
import type { Position } from "../api/types";

export const CARD = { width: 208, height: 96 };
const STEP = { x: CARD.width + 40, y: CARD.height + 40 };
const REACH = 6;

function isFree(place: Position, taken: Position[]): boolean {
  return taken.every((other) => Math.abs(other.x - place.x) >= CARD.width || Math.abs(other.y - place.y) >= CARD.height);
}

/** The free place nearest to `wish` (canvas coordinates of the card's upper left corner). */
export function freePlace(wish: Position, taken: Position[]): Position {
  const steps = Array.from({ length: 2 * REACH + 1 }, (_, index) => index - REACH);
  const places = steps
    .flatMap((column) => steps.map((row) => ({ x: wish.x + column * STEP.x, y: wish.y + row * STEP.y })))
    .map((place) => ({ place, far: Math.hypot(place.x - wish.x, place.y - wish.y) }))
    .sort((a, b) => a.far - b.far || b.place.x - a.place.x || b.place.y - a.place.y);
  const found = places.find(({ place }) => isFree(place, taken))?.place ?? wish;
  return { x: Math.round(found.x), y: Math.round(found.y) };
}
