/** The bar above a page of lists: its title, and its one primary action. */
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import { texts } from "../texts";
import css from "./PageHead.module.css";

export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  useDocumentTitle(`${title} · ${texts.product}`);
  return (
    <header className={css.head}>
      <h1>{title}</h1>
      <div className={css.actions}>{children}</div>
    </header>
  );
}
