/** Which nodes' pages are open as tabs. The shown one is in the address, so that reload and "back" work. */
import { useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import type { Node } from "../../api/types";
import { alone, put, recall, remember, shown, without, withPortion, type Layout, type Side } from "../../lib/layout";
import { canOpen } from "../../lib/nodeState";
import { useIsNarrow } from "../../lib/useIsNarrow";
import { useStable } from "../../lib/useStable";

export type Tabs = {
  opened: Node[];
  active: Node | null;
  /** The two that stand side by side, whether they are shown or not; none where there is no room for two. */
  pair: readonly [Node, Node] | null;
  portion: number;
  hasRoom: boolean;
  /** What could stand beside the shown page. */
  others: Node[];
  open: (id: string) => void;
  put: (id: string, side: Side) => void;
  alone: (id: string) => void;
  close: (id: string) => void;
  toCanvas: () => void;
  setPortion: (portion: number) => void;
};

export const isShown = ({ active, pair }: Tabs, id: string) =>
  active !== null && (active.id === id || (!!pair?.some((each) => each.id === id) && pair.some((each) => each.id === active.id)));

export function useTabs(projectId: string, nodes: Node[]): Tabs {
  const [params, setParams] = useSearchParams();
  const [kept, keep] = useState(() => recall(projectId));
  const hasRoom = !useIsNarrow();
  const id = params.get("node");
  const layout = useMemo(() => shown(kept, id), [kept, id]);
  const find = (id: string) => nodes.find((node) => node.id === id);
  const opened = layout.open.flatMap((id) => find(id) ?? []);
  const active = opened.find((node) => node.id === layout.active) ?? null;
  const two = hasRoom && layout.pair ? layout.pair.flatMap((id) => find(id) ?? []) : [];

  useReturn(kept.active, nodes);
  useEffect(() => remember(projectId, layout), [projectId, layout]);
  useEscape(active !== null, () => go(shown(layout, null)));

  const go = useStable((next: Layout) => {
    keep(next);
    if (next.active !== layout.active) setParams(next.active === null ? {} : { node: next.active });
  });
  return {
    opened,
    active,
    pair: two.length === 2 ? [two[0]!, two[1]!] : null,
    portion: layout.portion,
    hasRoom,
    others: nodes.filter((node) => node.id !== layout.active && (opened.includes(node) || (node.type === "dynamic" && canOpen(node.state)))),
    open: useStable((id: string) => go(shown(layout, id))),
    put: (id, side) => go(put(layout, id, side)),
    alone: (id) => go(alone(layout, id)),
    close: (id) => go(without(layout, id)),
    toCanvas: () => go(shown(layout, null)),
    setPortion: (portion) => keep(withPortion(layout, portion)),
  };
}

/** Whoever comes back to the project's bare address finds the page that they left. */
function useReturn(last: string | null, nodes: Node[]): void {
  const [params, setParams] = useSearchParams();
  const isBare = !params.size && last !== null && nodes.some((node) => node.id === last);
  useEffect(() => {
    if (isBare) setParams({ node: last }, { replace: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, on coming back: later the bare address is the canvas
  }, []);
}

function useEscape(isListening: boolean, act: () => void): void {
  useEffect(() => {
    if (!isListening) return;
    const onKey = (event: KeyboardEvent) => {
      // With a page on the whole screen the key only ends that.
      if (event.key === "Escape" && !event.defaultPrevented && !document.fullscreenElement) act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}
