/** A run's events as a grid: hosts down, tasks across, one result where they meet. */
import type { RunEvent } from "../api/types";

export type Result = "ok" | "changed" | "failed" | "skipped" | "unreachable" | "other";
export type Cell = { result: Result; events: RunEvent[] };
export type Task = { key: string; name: string; seconds: number };
export type Grid = { hosts: string[]; tasks: Task[]; cells: Map<string, Cell> };

/** The worst one of several results is what a cell shows. */
const WORST: Result[] = ["unreachable", "failed", "changed", "ok", "skipped", "other"];

export const cellKey = (host: string, task: string) => `${host}\n${task}`;

export function resultOf(event: Pick<RunEvent, "kind" | "changed">): Result {
  const kind = event.kind.replace(/^runner_/, "").replace(/^(item[_ ])?(on_)?/, "");
  if (kind === "ok") return event.changed ? "changed" : "ok";
  return (["failed", "skipped", "unreachable"] as const).find((each) => each === kind) ?? "other";
}

export function gridOf(events: RunEvent[]): Grid {
  const grid: Grid = { hosts: [], tasks: [], cells: new Map() };
  const done = new Map<string, number>();
  let before = Date.parse(events[0]?.at ?? "");
  for (const event of events) {
    if (!event.host || !event.task) {
      before = Date.parse(event.at); // A task begins.
      continue;
    }
    const mark = cellKey(event.host, event.task);
    // A task of the same name that comes again is another one; the items of a loop belong to one.
    const turn = done.get(mark) ?? 0;
    const key = turn ? `${event.task} (${turn + 1})` : event.task;
    if (!event.kind.includes("item") && resultOf(event) !== "other") done.set(mark, turn + 1);
    if (!grid.hosts.includes(event.host)) grid.hosts.push(event.host);
    addTask(grid, key, event, (Date.parse(event.at) - before) / 1_000);
    before = Date.parse(event.at);
    addEvent(grid, cellKey(event.host, key), event);
  }
  grid.hosts.sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  return grid;
}

/** Hosts work side by side: the slowest one makes a task's length. Without one, the clock between events does. */
function addTask(grid: Grid, key: string, event: RunEvent, passed: number): void {
  const known = grid.tasks.find((task) => task.key === key);
  if (!known) grid.tasks.push({ key, name: event.task!, seconds: event.duration ?? passed });
  else if (event.duration != null) known.seconds = Math.max(known.seconds, event.duration);
  else known.seconds += passed;
}

function addEvent(grid: Grid, key: string, event: RunEvent): void {
  const cell = grid.cells.get(key) ?? { result: "other", events: [] };
  cell.events.push(event);
  const results = [cell.result, resultOf(event)];
  cell.result = WORST.find((each) => results.includes(each))!;
  grid.cells.set(key, cell);
}

/** The lines of a message that are a diff's, so that they can be coloured; null for a text that is none. */
export function diffLines(message: string): { text: string; sign: "+" | "-" | "@" | " " }[] | null {
  const lines = message.split("\n");
  if (!lines.some((line) => line.startsWith("@@")) && !lines[0]?.startsWith("--- ")) return null;
  return lines.map((text) => {
    const first = text[0];
    return { text, sign: first === "+" || first === "-" || first === "@" ? first : " " };
  });
}
