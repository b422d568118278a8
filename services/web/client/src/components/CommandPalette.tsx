/** Finds anything by its name: projects, nodes, services, pages and what can be done here. */
import { Modal } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import { searchCommands } from "../lib/commands";
import { texts } from "../texts";
import css from "./CommandPalette.module.css";
import { Icon } from "./Icon";
import { useCommands } from "./useCommands";

const words = texts.commands;
const SHOWN = 50;
const optionId = (index: number) => `command-${index}`;

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const commands = useCommands();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const found = searchCommands(commands, query).slice(0, SHOWN);
  const current = Math.min(at, found.length - 1);

  function run(index: number) {
    const command = found[index];
    if (!command) return;
    onClose();
    command.run();
  }

  function walk(to: number) {
    const next = (to + found.length) % found.length;
    setAt(next);
    document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  }

  function onKey(event: KeyboardEvent) {
    if (!found.length) return;
    if (event.key === "ArrowDown") walk(current + 1);
    else if (event.key === "ArrowUp") walk(current - 1);
    else if (event.key === "Enter") run(current);
    else return;
    event.preventDefault();
  }

  return (
    <Modal.Root opened onClose={onClose} centered={false} yOffset="12vh" size={560} padding={0}>
      <Modal.Overlay />
      <Modal.Content aria-label={words.label}>
        <div className={css.search}>
          <Icon name="search" />
          <input
            data-autofocus
            data-testid="command-input"
            role="combobox"
            aria-label={words.label}
            aria-expanded
            aria-controls="commands"
            aria-activedescendant={found.length ? optionId(current) : undefined}
            placeholder={words.placeholder}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setAt(0);
            }}
            onKeyDown={onKey}
          />
        </div>
        <ul id="commands" role="listbox" aria-label={words.label} className={css.list}>
          {found.map((command, index) => (
            <li
              key={command.id}
              id={optionId(index)}
              role="option"
              aria-selected={index === current}
              data-testid="command"
              onMouseMove={() => setAt(index)}
              onClick={() => run(index)}
            >
              <span className={css.label}>{command.label}</span>
              {command.hint && <span className={css.hint}>{command.hint}</span>}
              <span className={css.group}>{command.group}</span>
            </li>
          ))}
        </ul>
        {!found.length && <p className={css.none}>{words.none(query)}</p>}
      </Modal.Content>
    </Modal.Root>
  );
}
