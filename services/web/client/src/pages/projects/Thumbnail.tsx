/** The canvas in small: decoration, the words beside it say what counts. */
import { useMemo } from "react";
import type { Thumbnail as Shown } from "../../api/types";
import { PICTURE, pictureOf } from "../../lib/thumbnail";
import css from "./ProjectCard.module.css";

export function Thumbnail({ thumbnail }: { thumbnail: Shown }) {
  const { boxes, lines } = useMemo(() => pictureOf(thumbnail), [thumbnail]);
  return (
    <svg aria-hidden className={css.picture} viewBox={`0 0 ${PICTURE.width} ${PICTURE.height}`} preserveAspectRatio="xMidYMid meet">
      {lines.map(({ x1, y1, x2, y2 }, at) => {
        const bend = Math.max(6, Math.abs(x2 - x1) / 2);
        return <path key={at} d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />;
      })}
      {boxes.map(({ state, ...box }, at) => (
        <g key={at} data-state={state}>
          <rect {...box} rx={2} />
          {box.height > 8 && <Mark state={state} x={box.x + 7} y={box.y + box.height / 2} />}
        </g>
      ))}
    </svg>
  );
}

/** A state is a shape before it is a colour. */
function Mark({ state, x, y }: { state: string; x: number; y: number }) {
  if (state === "running") return <circle className={css.shape} cx={x} cy={y} r={2.5} />;
  if (state === "failed") return <path className={css.shape} d={`M${x} ${y - 3}l3 5.5h-6z`} />;
  if (state === "starting") return <path className={css.shape} d={`M${x} ${y - 2.5}a2.500 2.500 0 010 5z`} />;
  return null;
}
