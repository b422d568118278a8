/** The first-run tour: one sentence at each place, until it has been read. */
import { texts } from "../texts";
import { isTexts, useKept } from "./kept";

export type Place = keyof typeof texts.tour.places;

const SEEN_ALL = Object.keys(texts.tour.places) as Place[];
const NONE: string[] = [];

/** The place that an address shows, or null for one that needs no words. */
export function placeOf(pathname: string, search: string): Place | null {
  if (pathname === "/") return "projects";
  if (pathname.startsWith("/projects/")) return new URLSearchParams(search).has("node") ? "page" : "canvas";
  const part = pathname.split("/")[1] as Place;
  return SEEN_ALL.includes(part) ? part : null;
}

export function useTour() {
  const [seen, setSeen] = useKept("werkbank-tour", NONE, isTexts);
  return {
    isNew: (place: Place) => !seen.includes(place),
    see: (place: Place) => setSeen((before) => [...before, place]),
    stop: () => setSeen(SEEN_ALL),
    again: () => setSeen([]),
  };
}
