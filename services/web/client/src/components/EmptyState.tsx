/** What to do next, where there is nothing yet. */
import type { ReactNode } from "react";
import css from "./EmptyState.module.css";

export function EmptyState({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}
