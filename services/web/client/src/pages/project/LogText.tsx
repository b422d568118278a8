/** The lines of a log; it stays at the end until somebody scrolls up. */
import { memo, useEffect, useRef } from "react";
import { cutAt, type Line } from "../../lib/logs";
import css from "./LogPanel.module.css";

type Props = { lines: Line[]; query: string; isFollowing: boolean; onFollow: (isFollowing: boolean) => void };

/** So near to the end (px) counts as being there. */
const NEAR = 24;

export function LogText({ lines, query, isFollowing, onFollow }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const last = lines.at(-1);

  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [isFollowing, lines.length, last?.text]);

  function onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = box.current!;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (isAtEnd !== isFollowing) onFollow(isAtEnd);
  }

  return (
    <div ref={box} className={css.text} tabIndex={0} onScroll={onScroll}>
      {lines.map((line) => (
        <LogLine key={line.at} at={line.at} text={line.text} query={query} />
      ))}
    </div>
  );
}

const LogLine = memo(function LogLine({ at, text, query }: { at: number; text: string; query: string }) {
  return (
    <div className={css.line} data-at={at}>
      {cutAt(text, query).map((piece, index) => (index % 2 ? <mark key={index}>{piece}</mark> : piece))}
    </div>
  );
});
