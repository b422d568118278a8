/** A panel takes the focus, so that Esc closes it, and gives it back to what opened it. */
import { useEffect, type RefObject } from "react";

export function useFocusInside(panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [panel]);
}
