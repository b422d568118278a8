/** What a machine said: folded away, in a monospace, ready to be copied. */
import { texts } from "../texts";
import { CopyButton } from "./CopyButton";
import css from "./Details.module.css";

export function Details({ text, isOpen = false }: { text: string; isOpen?: boolean }) {
  return (
    <details className={css.details} open={isOpen}>
      <summary>{texts.errors.details}</summary>
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </details>
  );
}
