/** The node's name, which can be typed over; Enter or leaving saves, Esc takes it back. */
import { useState } from "react";
import { texts } from "../../texts";
import css from "./Inspector.module.css";

export function NameField({ name, isFixed, onRename }: { name: string; isFixed?: boolean; onRename: (name: string) => void }) {
  const [draft, setDraft] = useState<string | null>(null);

  function save() {
    const wish = draft?.trim();
    if (wish && wish !== name) onRename(wish);
    setDraft(null);
  }

  return (
    <input
      className={css.name}
      aria-label={texts.node.name}
      maxLength={200}
      readOnly={isFixed}
      value={draft ?? name}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") setDraft(null);
      }}
    />
  );
}
