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
        <rect key={at} {...box} rx={2} data-state={state} />
      ))}
    </svg>
  );
}
