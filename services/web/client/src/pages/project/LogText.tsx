/** The lines of a log; it stays at the end until somebody scrolls up, or goes to a place that was looked for. */
import { memo, useEffect, useRef } from "react";
import { cutAt, type Hit, type Line } from "../../lib/logs";
import { texts } from "../../texts";
import css from "./LogPanel.module.css";

type Props = { lines: Line[]; query: string; hit: Hit | null; isFollowing: boolean; onFollow: (isFollowing: boolean) => void };

/** So near to the end (px) counts as being there. */
const NEAR = 24;

export function LogText({ lines, query, hit, isFollowing, onFollow }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const last = lines.at(-1);

  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [isFollowing, lines.length, last?.text]);

  useEffect(() => {
    if (hit) box.current?.querySelector("[data-current]")?.scrollIntoView({ block: "center" });
  }, [hit]);

  function onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    // Whoever steps through what was found stays there, also at the end.
    if (isAtEnd !== isFollowing && !(isAtEnd && hit)) onFollow(isAtEnd);
  }

  return (
    <div ref={box} className={css.text} tabIndex={0} role="region" aria-label={texts.log.text} onScroll={onScroll}>
      {lines.map((line) => (
        <LogLine key={line.at} at={line.at} text={line.text} query={query} current={hit?.at === line.at ? hit.nth : null} />
      ))}
    </div>
  );
}

type LogLineProps = { at: number; text: string; query: string; current: number | null };

const LogLine = memo(function LogLine({ at, text, query, current }: LogLineProps) {
  return (
    <div className={css.line} data-at={at}>
      {cutAt(text, query).map((piece, index) =>
        index % 2 ? (
          <mark key={index} data-current={current === (index - 1) / 2 || undefined}>
            {piece}
          </mark>
        ) : (
          piece
        ),
      )}
    </div>
  );
});
