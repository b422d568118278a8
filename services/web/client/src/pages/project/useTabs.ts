/** Which nodes' pages are open as tabs. The shown one is in the address, so that reload and "back" work. */
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import type { Node } from "../../api/types";
import { useStable } from "../../lib/useStable";

export type Tabs = {
  opened: Node[];
  active: Node | null;
  open: (id: string) => void;
  close: (id: string) => void;
  toCanvas: () => void;
};

export function useTabs(nodes: Node[]): Tabs {
  const [params, setParams] = useSearchParams();
  const shown = params.get("node");
  const [openIds, setOpenIds] = useState<string[]>([]);
  const ids = shown && !openIds.includes(shown) ? [...openIds, shown] : openIds;
  const opened = ids.flatMap((id) => nodes.find((node) => node.id === id) ?? []);
  const active = opened.find((node) => node.id === shown) ?? null;

  const open = useStable((id: string) => {
    setOpenIds(ids.includes(id) ? ids : [...ids, id]);
    setParams({ node: id });
  });
  const toCanvas = () => {
    setOpenIds(ids);
    setParams({});
  };
  const close = (id: string) => {
    setOpenIds(ids.filter((each) => each !== id));
    if (shown === id) setParams({});
  };

  useEffect(() => {
    if (!active) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented) toCanvas();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });

  return { opened, active, open, close, toCanvas };
}
