/** A relative time, with the exact one on hover. */
import { agoOf, exactOf } from "../lib/time";
import { useNow } from "../lib/useNow";

export function Ago({ at, say = (ago) => ago }: { at: string; say?: (ago: string) => string }) {
  const now = useNow(30_000);
  return (
    <time dateTime={at} title={exactOf(at)}>
      {say(agoOf(at, now))}
    </time>
  );
}
