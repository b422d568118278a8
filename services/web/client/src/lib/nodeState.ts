/** What a node's state means for the person who looks at it. */
import type { Node, NodeState } from "../api/types";
import { texts } from "../texts";
import { agoOf, lengthOf } from "./time";

const words = texts.node;

/** One line: the state's word, and what matters most about it now. */
export function statusLine(node: Node, now: number): string {
  const passed = now - Date.parse(node.state_since);
  switch (node.state) {
    case "starting":
      return node.progress?.step ? words.startingStep(node.progress.step) : words.starting;
    case "running":
      return passed < 1_000 ? words.running : words.runningFor(lengthOf(passed));
    case "stopped":
      return words.stopped(agoOf(node.state_since, now));
    case "failed":
      return words.failed(node.reason);
    default:
      return words.states[node.state];
  }
}

export const canOpen = (state: NodeState) => state === "running" || state === "starting";
export const canClose = (state: NodeState) => state === "running" || state === "starting" || state === "queued";
export const canStart = (state: NodeState) => !canClose(state) && state !== "stopping";

/** How much of the start is done, 0 to 1; null when nobody knows. */
export function progressOf(node: Node): number | null {
  if (node.state !== "starting" || !node.progress || node.progress.steps_total <= 0) return null;
  return Math.min(1, node.progress.steps_done / node.progress.steps_total);
}
