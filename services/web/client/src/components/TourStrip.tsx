/** One sentence about the place that is seen for the first time, above it and in nobody's way. */
import { Button } from "@mantine/core";
import { useLocation } from "react-router";
import { placeOf, useTour } from "../lib/tour";
import { texts } from "../texts";
import css from "./TourStrip.module.css";

export function TourStrip() {
  const { pathname, search } = useLocation();
  const tour = useTour();
  const place = placeOf(pathname, search);
  if (!place || !tour.isNew(place)) return null;
  return (
    <aside className={css.strip} aria-label={texts.tour.label} data-testid="tour">
      <p>{texts.tour.places[place]}</p>
      <Button variant="default" size="compact-sm" onClick={() => tour.see(place)}>
        {texts.tour.seen}
      </Button>
      <Button variant="subtle" size="compact-sm" onClick={tour.stop}>
        {texts.tour.stop}
      </Button>
    </aside>
  );
}
