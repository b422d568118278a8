/** What was done on one canvas, so that it can be undone and done again. */
import { useSyncExternalStore } from "react";

export type Act = { label: string; undo: () => void; redo: () => void };
export type HistoryView = { undoLabel: string | null; redoLabel: string | null };

const LONGEST = 200;

export class History {
  private past: Act[] = [];
  private future: Act[] = [];
  private view: HistoryView = { undoLabel: null, redoLabel: null };
  private listeners = new Set<() => void>();
  private renamed = new Map<string, string>();

  /** Remembers what has just been done; whatever was undone before can no longer be redone. */
  push(act: Act): void {
    this.past = [...this.past.slice(1 - LONGEST), act];
    this.future = [];
    this.tell();
  }

  undo(act = this.past.at(-1)): void {
    if (!act || !this.past.includes(act)) return;
    this.past = this.past.filter((each) => each !== act);
    this.future.push(act);
    act.undo();
    this.tell();
  }

  redo(): void {
    const act = this.future.pop();
    if (!act) return;
    this.past.push(act);
    act.redo();
    this.tell();
  }

  /** A node that is brought back is a new one with a new id: later acts mean that one. */
  rename(id: string, by: string): void {
    this.renamed.set(this.idOf(id), by);
  }

  idOf(id: string): string {
    let now = id;
    for (let next = this.renamed.get(now); next; next = this.renamed.get(now)) now = next;
    return now;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly look = (): HistoryView => this.view;

  private tell(): void {
    this.view = { undoLabel: this.past.at(-1)?.label ?? null, redoLabel: this.future.at(-1)?.label ?? null };
    this.listeners.forEach((listener) => listener());
  }
}

export function useHistoryView(history: History): HistoryView {
  return useSyncExternalStore(history.subscribe, history.look);
}
