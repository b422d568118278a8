/** Looks for words in a log: how often they are there, and the way from one place to the next. */
import { ActionIcon, TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";
import css from "./LogPanel.module.css";
import type { LogSearch } from "./useLogSearch";

const words = texts.log;

export function LogSearchField({ search }: { search: LogSearch }) {
  const { query, hits } = search;
  function onKey(event: KeyboardEvent) {
    if (event.key === "Enter") search.step(event.shiftKey ? -1 : 1);
    if (event.key !== "Escape" || !query) return;
    event.stopPropagation();
    search.setQuery("");
  }
  return (
    <div className={css.search} role="search">
      <TextInput
        size="xs"
        type="search"
        value={query}
        onChange={(event) => search.setQuery(event.currentTarget.value)}
        onKeyDown={onKey}
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<Icon name="search" size={14} />}
      />
      {query.trim() && (
        <>
          <span role="status" data-testid="log-matches">
            {hits.length ? words.matches(search.at + 1, hits.length) : words.noMatch}
          </span>
          <ActionIcon aria-label={words.previous} title={words.previous} disabled={!hits.length} onClick={() => search.step(-1)}>
            <Icon name="up" />
          </ActionIcon>
          <ActionIcon aria-label={words.next} title={words.next} disabled={!hits.length} onClick={() => search.step(1)}>
            <Icon name="down" />
          </ActionIcon>
        </>
      )}
    </div>
  );
}
