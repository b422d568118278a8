/** What to do next, where there is nothing yet. */
import type { ReactNode } from "react";
import css from "./EmptyState.module.css";

type Props = { title: string; text?: string; isPage?: boolean; children?: ReactNode };

/** `isPage`: there is nothing else on the page, so its title is the page's. */
export function EmptyState({ title, text, isPage, children }: Props) {
  const Title = isPage ? "h1" : "h2";
  return (
    <div className={css.empty}>
      <Title>{title}</Title>
      {text && <p>{text}</p>}
      {children}
    </div>
  );
}
