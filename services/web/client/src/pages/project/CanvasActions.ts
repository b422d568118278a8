/** What a card on the canvas may ask the page to do. */
import { createContext } from "react";

export const CanvasActions = createContext<{ open: (id: string) => void }>({ open: () => undefined });
