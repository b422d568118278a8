/** Says calmly that the stream broke, and what that means for the running nodes. */
import { useDebouncedValue } from "@mantine/hooks";
import type { Connection } from "../../api/events";
import { StateMark } from "../../components/StateMark";
import { graceOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./ConnectionBanner.module.css";

/** A reconnect within this time (ms) is not worth a word. */
const BLINK = 1_500;

export function ConnectionBanner({ connection }: { connection: Connection }) {
  const [isLost] = useDebouncedValue(connection.isLost, BLINK);
  const isShown = isLost && connection.isLost;
  return (
    <div role="status" className={isShown ? css.banner : undefined}>
      {isShown && (
        <>
          <StateMark state="starting" />
          {texts.project.lost(connection.graceSeconds === null ? null : graceOf(connection.graceSeconds))}
        </>
      )}
    </div>
  );
}
