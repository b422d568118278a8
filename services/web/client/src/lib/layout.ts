/** Which nodes' pages are open in a project, and which two stand side by side. Remembered per project in this browser. */
export type Side = "left" | "right";
export type Pair = readonly [left: string, right: string];
export type Layout = { open: readonly string[]; active: string | null; pair: Pair | null; portion: number };

/** How much of the width (percent) the left page may have. */
export const PORTION = { least: 20, most: 80, half: 50 };
export const NO_LAYOUT: Layout = { open: [], active: null, pair: null, portion: PORTION.half };

const isShownPair = ({ pair, active }: Layout) => pair !== null && active !== null && pair.includes(active);

/** The page and nothing beside it, unless it is one of the pair. */
export function shown(layout: Layout, id: string | null): Layout {
  const open = id === null || layout.open.includes(id) ? layout.open : [...layout.open, id];
  return { ...layout, open, active: id };
}

/** The page at that side; what was shown keeps the other side, or else the page opened last takes it. */
export function put(layout: Layout, id: string, side: Side): Layout {
  const other = partnerOf(layout, id, side);
  const next = shown(layout, id);
  if (!other) return next;
  return { ...next, pair: side === "left" ? [id, other] : [other, id] };
}

function partnerOf(layout: Layout, id: string, side: Side): string | undefined {
  const { pair, active, open } = layout;
  if (pair && isShownPair(layout)) return pair.includes(id) ? pair.find((each) => each !== id) : pair[side === "left" ? 1 : 0];
  return active !== null && active !== id ? active : open.findLast((each) => each !== id);
}

/** One page alone again; the other keeps its tab. */
export function alone(layout: Layout, id: string): Layout {
  return { ...shown(layout, id), pair: null };
}

/** Without that page: its neighbour of the pair stays, otherwise the canvas shows. */
export function without(layout: Layout, id: string): Layout {
  const open = layout.open.filter((each) => each !== id);
  if (layout.active !== id && !layout.pair?.includes(id)) return { ...layout, open };
  const rest = isShownPair(layout) ? layout.pair!.find((each) => each !== id)! : null;
  return { ...layout, open, active: layout.active === id ? rest : layout.active, pair: layout.pair?.includes(id) ? null : layout.pair };
}

export function withPortion(layout: Layout, portion: number): Layout {
  return { ...layout, portion: Math.round(Math.min(PORTION.most, Math.max(PORTION.least, portion))) };
}

const keyOf = (projectId: string) => `werkbank-pages-${projectId}`;

/** What was open here last; nothing when nothing is remembered, or what is there cannot be read. */
export function recall(projectId: string): Layout {
  try {
    const said = JSON.parse(localStorage.getItem(keyOf(projectId)) ?? "null") as Partial<Layout> | null;
    if (!said || !isIds(said.open)) return NO_LAYOUT;
    const isOpen = (id: unknown) => typeof id === "string" && said.open!.includes(id);
    const pair = isIds(said.pair) && said.pair.length === 2 && said.pair.every(isOpen) ? (said.pair as unknown as Pair) : null;
    const layout = { open: said.open, active: isOpen(said.active) ? said.active! : null, pair, portion: PORTION.half };
    return typeof said.portion === "number" ? withPortion(layout, said.portion) : layout;
  } catch {
    return NO_LAYOUT;
  }
}

export function remember(projectId: string, layout: Layout): void {
  try {
    if (layout.open.length) localStorage.setItem(keyOf(projectId), JSON.stringify(layout));
    else localStorage.removeItem(keyOf(projectId));
  } catch {
    // A browser that keeps nothing (full, or forbidden) shows the canvas next time.
  }
}

function isIds(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
