/** Says calmly that the stream broke, what that means for the running nodes, and that it is back. */
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { Connection } from "../../api/events";
import { StateMark } from "../../components/StateMark";
import { graceOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./ConnectionBanner.module.css";

/** A reconnect within this time (ms) is not worth a word. */
const BLINK = 1_500;
/** How long (ms) it is said that all is well again. */
const BACK = 5_000;

export function ConnectionBanner({ connection }: { connection: Connection }) {
  const [settled] = useDebouncedValue(connection.isLost, BLINK);
  const isLost = settled && connection.isLost;
  const isBack = useIsBack(isLost, connection.isOpen);
  return (
    <div role="status" className={isLost || isBack ? css.banner : undefined} data-testid="connection">
      {isLost && (
        <>
          <StateMark state="starting" />
          <span>{texts.project.lost(connection.graceSeconds === null ? null : graceOf(connection.graceSeconds))}</span>
        </>
      )}
      {isBack && (
        <>
          <StateMark state="succeeded" />
          <span>{texts.project.back}</span>
        </>
      )}
    </div>
  );
}

/** True for a moment after a loss that was worth a word. */
function useIsBack(isLost: boolean, isOpen: boolean): boolean {
  const [wasLost, setWasLost] = useState(false);
  if (isLost && !wasLost) setWasLost(true);
  const isBack = wasLost && isOpen && !isLost;
  useEffect(() => {
    if (!isBack) return;
    const timer = setTimeout(() => setWasLost(false), BACK);
    return () => clearTimeout(timer);
  }, [isBack]);
  return isBack;
}
