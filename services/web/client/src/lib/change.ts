/** What a change makes of a node, and which change takes it back: only what it names, the rest is others' business. */
import type { Node, NodeChange } from "../api/types";

type Inputs = Record<string, unknown>;

export function changedNode(node: Node, { some_inputs, ...rest }: NodeChange): Node {
  const changed = { ...node, ...rest } as Node;
  return some_inputs ? { ...changed, inputs: mergedInputs(changed.inputs as Inputs, some_inputs as Inputs) as Node["inputs"] } : changed;
}

export function reverseOf(node: Node, change: NodeChange): NodeChange {
  const { some_inputs, ...rest } = change;
  const before = Object.fromEntries(Object.keys(rest).map((key) => [key, node[key as keyof Node]])) as NodeChange;
  if (!some_inputs) return before;
  const inputs = node.inputs as Inputs;
  return { ...before, some_inputs: Object.fromEntries(Object.keys(some_inputs).map((key) => [key, inputs[key] ?? null])) as never };
}

/** Null puts an input back to its default. */
function mergedInputs(inputs: Inputs, some: Inputs): Inputs {
  return Object.fromEntries(Object.entries({ ...inputs, ...some }).filter(([key, value]) => !(key in some && value === null)));
}
