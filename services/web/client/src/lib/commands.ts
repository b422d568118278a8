/** What Ctrl+K finds. Parts of the page add what they can do for as long as they are there. */
import { useEffect, useSyncExternalStore } from "react";

export type Command = { id: string; group: string; label: string; hint?: string; run: () => void };

const offers = new Map<symbol, Command[]>();
const listeners = new Set<() => void>();
let all: Command[] = [];

function changed() {
  all = [...offers.values()].flat();
  listeners.forEach((tell) => tell());
}

/** Offers these commands while the caller is on the page; `commands` should keep its identity. */
export function useOffer(commands: Command[]): void {
  useEffect(() => {
    const mark = Symbol("commands");
    offers.set(mark, commands);
    changed();
    return () => {
      offers.delete(mark);
      changed();
    };
  }, [commands]);
}

export function useOffered(): Command[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => all,
  );
}

/** The commands that hold every word, those whose label begins with what was typed first. */
export function searchCommands(commands: Command[], query: string): Command[] {
  const text = query.trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const found = commands.filter(({ label, group, hint }) => {
    const said = `${label} ${group} ${hint ?? ""}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
  const rank = ({ label }: Command) => (label.toLowerCase().startsWith(text) ? 0 : label.toLowerCase().includes(text) ? 1 : 2);
  return text ? found.map((each, at) => ({ each, at })).sort((a, b) => rank(a.each) - rank(b.each) || a.at - b.at).map(({ each }) => each) : found;
}
