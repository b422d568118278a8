/** One part of the page on the whole screen. */
import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  document.addEventListener("fullscreenchange", listener);
  return () => document.removeEventListener("fullscreenchange", listener);
}

/** The id of the part that has the whole screen; null while none has. */
export function useFullScreen(): string | null {
  return useSyncExternalStore(subscribe, () => document.fullscreenElement?.id ?? null);
}

export const canFullScreen = () => document.fullscreenEnabled;

/** A browser may refuse; then everything stays as it is. */
export function enterFullScreen(id: string): void {
  void document.getElementById(id)?.requestFullscreen().catch(() => undefined);
}

export function leaveFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
}
