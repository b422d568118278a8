/** A few ways of which one is chosen, with what the chosen one means. */
import type { ReactNode } from "react";
import css from "./Users.module.css";

export function Choice({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <div>
      <div className={css.label}>{label}</div>
      {children}
      <p className={css.hint}>{hint}</p>
    </div>
  );
}
