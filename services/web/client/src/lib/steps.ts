/** The steps of a node's start, gathered as they are told. */
import type { Node } from "../api/types";

/** `start` tells one start from the next; `since` is when this browser first heard of the step (ms). */
export type Step = { start: string; step: string; since: number };

/** The steps after hearing `node`; a new start begins a new list, and an old list stays readable after a failure. */
export function addStep(steps: Step[], node: Node, now: number): Step[] {
  if (node.state !== "starting") return steps;
  const kept = steps.filter((each) => each.start === node.state_since);
  const step = node.progress?.step;
  if (!step || kept.at(-1)?.step === step) return kept.length === steps.length ? steps : kept;
  return [...kept, { start: node.state_since, step, since: now }];
}
