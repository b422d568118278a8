/** What of a resource is reserved, and below it what is used; an unknown use says so. */
import { shareOf } from "../../lib/platform";
import { texts } from "../../texts";
import css from "./Cluster.module.css";

const words = texts.cluster;

type Props = { name: string; whole: number; reserved: number; used: number | null; say: (amount: number) => string };

export function UseBar({ name, whole, reserved, used, say }: Props) {
  return (
    <div className={css.use}>
      <strong>{name}</strong>
      <svg aria-hidden viewBox="0 0 100 10" preserveAspectRatio="none" className={css.bar}>
        <rect className={css.whole} width="100" height="4" />
        <rect className={css.reserved} width={100 * shareOf(reserved, whole)} height="4" />
        <rect className={css.whole} y="6" width="100" height="4" />
        <rect className={css.used} y="6" width={100 * shareOf(used ?? 0, whole)} height="4" />
      </svg>
      <span>
        <i className={css.keyReserved} aria-hidden /> {words.reserved(say(reserved), say(whole))}
        <br />
        <i className={css.keyUsed} aria-hidden /> {used === null ? words.usedUnknown : words.used(say(used))}
      </span>
    </div>
  );
}
