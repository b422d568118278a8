/** While a tab is dragged: the two edges of the place, over the frames, which would take the pointer. */
import { useState } from "react";
import type { Side } from "../../lib/layout";
import { texts } from "../../texts";
import css from "./Pages.module.css";

const words = texts.project.pages;
const SIDES = [["left", words.dropLeft], ["right", words.dropRight]] as const;

export function DropZones({ onDrop }: { onDrop: (side: Side) => void }) {
  const [over, setOver] = useState<Side | null>(null);
  return (
    <div className={css.zones}>
      {SIDES.map(([side, label]) => (
        <div
          key={side}
          className={css.zone}
          data-testid={`drop-${side}`}
          data-over={over === side || undefined}
          onDragEnter={() => setOver(side)}
          onDragLeave={() => setOver((now) => (now === side ? null : now))}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            onDrop(side);
          }}
        >
          <span>{label}</span>
        </div>
      ))}
    </div>
  );
}
