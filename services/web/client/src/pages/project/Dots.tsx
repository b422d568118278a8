/** The dots behind the cards: one picture that is moved by less than the gap between two, so that no move paints it anew. */
import { useOnViewportChange, useStore, type ReactFlowState } from "@xyflow/react";
import { useCallback, useId, useState } from "react";
import css from "./Canvas.module.css";

/** Pixels of the canvas, before it is zoomed. */
const GAP = 24;
const RADIUS = 0.75;

const zoomOf = ({ transform }: ReactFlowState) => transform[2];
const placeOf = ({ transform: [x, y, zoom] }: ReactFlowState) => `translate(${x % (GAP * zoom)}px, ${y % (GAP * zoom)}px)`;
const isMovedOf = ({ paneDragging }: ReactFlowState) => paneDragging;

/** Whether the canvas has left its place: a press alone is a click on whatever is there. */
function useIsCarried(): boolean {
  const [isCarried, setCarried] = useState(false);
  const onChange = useCallback(() => setCarried(true), []);
  const onEnd = useCallback(() => setCarried(false), []);
  useOnViewportChange({ onChange, onEnd });
  return isCarried;
}

export function Dots() {
  const id = useId();
  const zoom = useStore(zoomOf);
  const transform = useStore(placeOf);
  const isMoved = useStore(isMovedOf);
  const isCarried = useIsCarried();
  const [gap, radius] = [GAP * zoom, RADIUS * zoom];
  const size = `calc(100% + ${2 * gap}px)`;
  return (
    <>
      <div className={css.background} aria-hidden>
        <svg className={css.dots} data-moved={isMoved || undefined} style={{ left: -gap, top: -gap, width: size, height: size, transform }}>
          <pattern id={id} width={gap} height={gap} patternUnits="userSpaceOnUse">
            <circle cx={gap / 2 + radius} cy={gap / 2 + radius} r={radius} />
          </pattern>
          <rect width="100%" height="100%" fill={`url(#${id})`} />
        </svg>
      </div>
      {isMoved && isCarried && <div className={css.cover} aria-hidden />}
    </>
  );
}
