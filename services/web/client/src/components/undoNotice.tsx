/** Removes something, says so, and offers to take it back. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { sentenceOf } from "../api/errors";
import { removeLater, UNDO_MS, undoRemoval } from "../lib/undo";
import { texts } from "../texts";
import css from "./undoNotice.module.css";

type Removal = { id: string; send: () => Promise<void> };
type Notice = { removals: Removal[]; title: string; meaning: string; onUndo?: () => void };

/** `onUndo` takes the place of bringing the removed things back one by one. */
export function removeWithUndo({ removals, title, meaning, onUndo }: Notice): void {
  const notice = `remove-${removals[0]?.id}`;
  const onRefused = (error: unknown) => notifications.show({ color: "red", title, message: sentenceOf(error) });
  removals.forEach(({ id, send }) => removeLater(id, send, onRefused));
  const undo = onUndo ?? (() => removals.forEach(({ id }) => undoRemoval(id)));
  notifications.show({
    id: notice,
    title,
    autoClose: UNDO_MS,
    withBorder: true,
    message: (
      <div className={css.notice}>
        <span>{meaning}</span>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => {
            undo();
            notifications.hide(notice);
          }}
        >
          {texts.undo}
        </Button>
      </div>
    ),
  });
  // The notice stays while the pointer rests on it; the promise to undo ends all the same.
  setTimeout(() => notifications.hide(notice), UNDO_MS);
}
