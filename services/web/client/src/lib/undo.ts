/** Removals that wait a moment before they are sent, so that they can be undone. */
import { useSyncExternalStore } from "react";

export const UNDO_MS = 5_000;

type Removal = { timer: ReturnType<typeof setTimeout>; commit: () => void; isSent: () => boolean };

const waiting = new Map<string, Removal>();
const listeners = new Set<() => void>();
let snapshot: ReadonlySet<string> = new Set();

function changed() {
  snapshot = new Set(waiting.keys());
  listeners.forEach((tell) => tell());
}

/** Hides `id` now and sends its removal later; it shows again when it is undone or the server refuses. */
export function removeLater(id: string, send: () => Promise<void>, onRefused: (error: unknown) => void): void {
  if (waiting.has(id)) return;
  let isSent = false;
  const commit = () => {
    if (isSent) return;
    isSent = true;
    clearTimeout(removal.timer);
    send()
      .catch(onRefused)
      .finally(() => {
        waiting.delete(id);
        changed();
      });
  };
  const removal: Removal = { timer: setTimeout(commit, UNDO_MS), commit, isSent: () => isSent };
  waiting.set(id, removal);
  changed();
}

/** Takes a removal back; false when it is too late, or there was none. */
export function undoRemoval(id: string): boolean {
  const removal = waiting.get(id);
  if (!removal || removal.isSent()) return false;
  clearTimeout(removal.timer);
  waiting.delete(id);
  changed();
  return true;
}

/** Sends every waiting removal now: the page is about to go away. */
export function commitRemovals(): void {
  [...waiting.values()].forEach((removal) => removal.commit());
}

window.addEventListener("pagehide", commitRemovals);

/** The ids that are being removed and should not be shown. */
export function useRemovals(): ReadonlySet<string> {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => snapshot,
  );
}
