/** `j` and `k` walk through a list's rows; Enter follows the focused one by itself. */
import { useHotkeys } from "@mantine/hooks";
import { useRef } from "react";

export function useRowKeys<List extends HTMLElement>() {
  const list = useRef<List>(null);
  const walk = (by: number) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by));
    rows[next]?.focus();
  };
  useHotkeys([
    ["j", () => walk(1)],
    ["k", () => walk(-1)],
  ]);
  return list;
}
