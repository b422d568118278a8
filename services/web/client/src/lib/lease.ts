/** When a node closes by itself, and until when people ask to keep it. */
import type { Lease, Node } from "../api/types";
import { texts } from "../texts";
import { graceOf, lengthOf, momentOf } from "./time";

const words = texts.lease;
const HOUR = 3_600_000;
const LONGEST_DAYS = 7;

export type KeepChoice = { label: string; until: Date };

/** One sentence about what the lease means now. */
export function leaseLine(lease: Lease, now: number): string {
  if (isKept(lease, now)) return words.kept(momentOf(lease.keep_until!, now));
  if (lease.expires_at) return words.endsAt(lengthOf(Math.max(0, Date.parse(lease.expires_at) - now)));
  const held = lease.held_by && words.held[lease.held_by];
  if (held) return held;
  return words.afterLastTab(graceOf(lease.grace_seconds));
}

export function isKept(lease: Lease, now: number): boolean {
  return lease.keep_until !== null && Date.parse(lease.keep_until) > now;
}

/** The nodes that are about to close by themselves, the first one first. */
export function endingNodes(nodes: Node[]): Node[] {
  const end = (node: Node) => Date.parse(node.lease?.expires_at ?? "") || Infinity;
  return nodes.filter((node) => node.lease?.is_ending && node.state === "running").sort((a, b) => end(a) - end(b));
}

/** What the menu offers; "tonight" is left out when it is nearly or already there. */
export function keepChoices(now: number): KeepChoice[] {
  const tonight = atClock(now, 0, 22);
  return [
    { label: words.choices.hour, until: new Date(now + HOUR) },
    { label: words.choices.fourHours, until: new Date(now + 4 * HOUR) },
    ...(tonight.getTime() - now > HOUR ? [{ label: words.choices.tonight, until: tonight }] : []),
    { label: words.choices.tomorrow, until: atClock(now, 1, 18) },
  ];
}

/** Why this moment cannot be chosen, or null when it can. */
export function keepProblem(until: number, now: number): string | null {
  if (Number.isNaN(until)) return words.noMoment;
  if (until <= now) return words.past;
  return until > now + LONGEST_DAYS * 24 * HOUR ? words.tooFar : null;
}

function atClock(now: number, days: number, hour: number): Date {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour);
}
