/** A service's inputs as fields, and whether what stands in them may be sent. */
import type { Node, Port } from "../api/types";
import { texts } from "../texts";
import { portList } from "./ports";

export type FieldKind = "number" | "integer" | "boolean" | "text" | "area" | "select" | "file";
export type Parsed = { value: unknown; problem: null } | { value: undefined; problem: string };

const words = texts.parameters;

export function kindOf(port: Port): FieldKind {
  const widget = port.widget?.type.toLowerCase();
  if (port.type.startsWith("data:")) return "file";
  if (widget === "selectbox" && port.widget?.details?.structure?.length) return "select";
  if (port.type === "number" || port.type === "integer" || port.type === "boolean") return port.type;
  return widget === "textarea" ? "area" : "text";
}

export function choicesOf(port: Port): { value: string; label: string }[] {
  return (port.widget?.details?.structure ?? []).map((each) => ({ value: String(each.key), label: each.label ?? String(each.key) }));
}

/** What a typed text means for this port; nothing typed means the service's own default. */
export function parse(port: Port, text: string): Parsed {
  if (!text.trim()) return { value: undefined, problem: null };
  if (port.type !== "number" && port.type !== "integer") return { value: text, problem: null };
  const value = Number(text.trim().replace(",", "."));
  const problem = problemOf(port, value);
  return problem ? { value: undefined, problem } : { value, problem: null };
}

/** Why the service could not take this value, or null. */
export function problemOf(port: Port, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const choices = kindOf(port) === "select" ? choicesOf(port) : null;
  if (choices && !choices.some((each) => each.value === String(value))) return words.noChoice;
  if (port.type === "boolean") return typeof value === "boolean" ? null : words.noBoolean;
  if (port.type !== "number" && port.type !== "integer") return null;
  if (typeof value !== "number" || !Number.isFinite(value)) return words.noNumber;
  if (port.type === "integer" && !Number.isInteger(value)) return words.noInteger;
  if (port.minimum !== undefined && value < port.minimum) return words.atLeast(port.minimum);
  if (port.maximum !== undefined && value > port.maximum) return words.atMost(port.maximum);
  return null;
}

/** The labels of the inputs whose values the service could not take. */
export function invalidInputs(ports: Record<string, unknown>, node: Node): string[] {
  const values = node.inputs as Record<string, unknown>;
  return portList(ports)
    .filter((port) => problemOf(port, values[port.key]) !== null)
    .map((port) => port.label ?? port.key);
}
