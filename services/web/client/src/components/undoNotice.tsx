/** Removes something, says so, and offers to take it back. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { sentenceOf } from "../api/errors";
import { removeLater, UNDO_MS, undoRemoval } from "../lib/undo";
import { texts } from "../texts";
import css from "./undoNotice.module.css";

type Removal = { id: string; title: string; meaning: string; send: () => Promise<void> };

export function removeWithUndo({ id, title, meaning, send }: Removal): void {
  const notice = `remove-${id}`;
  removeLater(id, send, (error) => notifications.show({ color: "red", title, message: sentenceOf(error) }));
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
            undoRemoval(id);
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
