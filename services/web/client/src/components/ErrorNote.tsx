/** An error beside what caused it, in the API's own sentence. */
import { Button } from "@mantine/core";
import { sentenceOf } from "../api/errors";
import { texts } from "../texts";
import css from "./ErrorNote.module.css";
import { StateMark } from "./StateMark";

export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (!error) return null;
  return (
    <div role="alert" className={css.note}>
      <StateMark state="failed" />
      <span>{sentenceOf(error)}</span>
      {onRetry && (
        <Button variant="default" size="compact-sm" onClick={onRetry}>
          {texts.errors.tryAgain}
        </Button>
      )}
    </div>
  );
}
