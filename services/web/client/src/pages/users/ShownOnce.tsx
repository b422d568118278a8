/** A secret that is shown this once, to be handed over. */
import { CopyButton } from "../../components/CopyButton";
import css from "./Users.module.css";

export function ShownOnce({ title, text, secret }: { title: string; text: string; secret: string }) {
  return (
    <div className={css.once} role="status" data-testid="shown-once">
      <strong>{title}</strong>
      <p>{text}</p>
      <code>{secret}</code>
      <CopyButton text={secret} />
    </div>
  );
}
