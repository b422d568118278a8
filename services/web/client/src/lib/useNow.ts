/** The present moment (ms). One clock ticks for the whole page, however many ask. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

const SECOND = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), SECOND);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Renewed every second or every `every` ms. */
export function useNow(every = SECOND): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => subscribe(() => setNow((before) => (Date.now() - before >= every ? Date.now() : before))), [every]);
  return now;
}

/** What `say` makes of the present moment; draws anew only when the words change. */
export function useSaid(say: (now: number) => string): string {
  return useSyncExternalStore(subscribe, useCallback(() => say(Date.now()), [say]));
}
