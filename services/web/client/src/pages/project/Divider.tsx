/** Between two pages: dragged, or moved with the arrow keys. */
import type { KeyboardEvent, PointerEvent, RefObject } from "react";
import { PORTION } from "../../lib/layout";
import { texts } from "../../texts";
import css from "./Pages.module.css";

const words = texts.project.pages;
const STEP = { fine: 2, coarse: 10 };

type Props = { place: RefObject<HTMLDivElement | null>; portion: number; left: string; onPortion: (portion: number) => void };

export function Divider({ place, portion, left, onPortion }: Props) {
  const portionAt = (event: PointerEvent) => {
    const box = place.current!.getBoundingClientRect();
    const percent = ((event.clientX - box.left) / box.width) * 100;
    return Math.min(PORTION.most, Math.max(PORTION.least, percent));
  };

  function begin(event: PointerEvent<HTMLDivElement>) {
    event.currentTarget.setPointerCapture(event.pointerId);
    place.current!.dataset.dividing = "";
  }

  /** On the way only the style moves: nothing is drawn anew before it is let go. */
  function move(event: PointerEvent<HTMLDivElement>) {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) place.current!.style.setProperty("--portion", `${portionAt(event)}%`);
  }

  function end(event: PointerEvent<HTMLDivElement>) {
    delete place.current!.dataset.dividing;
    if (event.type === "pointerup") onPortion(portionAt(event));
    else place.current!.style.setProperty("--portion", `${portion}%`);
  }

  function onKey(event: KeyboardEvent) {
    const step = event.shiftKey ? STEP.coarse : STEP.fine;
    const wanted: Record<string, number> = { ArrowLeft: portion - step, ArrowRight: portion + step, Home: PORTION.least, End: PORTION.most, Enter: PORTION.half };
    const next = wanted[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onPortion(next);
  }

  return (
    <div
      role="separator"
      className={css.divider}
      data-testid="divider"
      tabIndex={0}
      aria-label={words.divider}
      title={words.dividerHint}
      aria-orientation="vertical"
      aria-controls={left}
      aria-valuenow={portion}
      aria-valuemin={PORTION.least}
      aria-valuemax={PORTION.most}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
      onDoubleClick={() => onPortion(PORTION.half)}
      onKeyDown={onKey}
    />
  );
}
