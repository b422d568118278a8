/** The catalogue beside the canvas: a click, Enter or a drag puts a service on it. */
import { ActionIcon, Skeleton } from "@mantine/core";
import { memo, useRef, useState, type KeyboardEvent } from "react";
import type { Service } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import { SearchField } from "../../components/SearchField";
import { offersOf, searchOffers } from "../../lib/catalogue";
import { texts } from "../../texts";
import css from "./Palette.module.css";
import { PaletteItem } from "./PaletteItem";

const words = texts.palette;

type Props = {
  services: Service[] | undefined;
  servicesError: unknown;
  onRetry: () => void;
  addError: unknown;
  autoFocus: boolean;
  onAdd: (service: Service) => void;
  onHide: () => void;
};

export const Palette = memo(function Palette({ services, servicesError, onRetry, addError, autoFocus, onAdd, onHide }: Props) {
  const [query, setQuery] = useState("");
  const panel = useRef<HTMLElement>(null);
  const offers = offersOf(services ?? []);
  const found = searchOffers(offers, query);
  const groups = [
    { title: words.interactive, offers: found.filter((offer) => offer.newest.type === "dynamic") },
    { title: words.compute, offers: found.filter((offer) => offer.newest.type === "computational") },
  ].filter((group) => group.offers.length > 0);

  function onSearchKey(event: KeyboardEvent) {
    const first = groups[0]?.offers[0];
    if (event.key === "Enter" && first) onAdd(first.newest);
    if (event.key === "ArrowDown") walk(event, 1);
  }

  function walk(event: KeyboardEvent, by: number) {
    const items = [...panel.current!.querySelectorAll<HTMLElement>("[data-testid=palette-item]")];
    const next = items[items.indexOf(document.activeElement as HTMLElement) + by];
    if (next) next.focus();
    else panel.current!.querySelector("input")?.focus();
    event.preventDefault();
  }

  return (
    <aside ref={panel} className={css.palette} aria-label={words.title}>
      <div className={css.head}>
        <SearchField value={query} onChange={setQuery} label={words.search} testId="palette-search" autoFocus={autoFocus} onKeyDown={onSearchKey} />
        <ActionIcon aria-label={words.hide} title={words.hide} onClick={onHide}>
          <Icon name="sidebar" />
        </ActionIcon>
      </div>
      <ErrorNote error={addError} />
      <div className={css.scroll}>
        <ErrorNote error={servicesError} onRetry={onRetry} />
        {!services && !servicesError && [1, 2, 3].map((row) => <Skeleton key={row} height={44} mb={8} />)}
        {services?.length === 0 && (
          <p className={css.note}>
            <strong>{words.emptyTitle}</strong>
            <br />
            {words.emptyText}
          </p>
        )}
        {offers.length > 0 && !found.length && <p className={css.note}>{words.noMatch(query)}</p>}
        {groups.map((group) => (
          <section key={group.title}>
            <h2>{group.title}</h2>
            {group.offers.map((offer) => (
              <PaletteItem key={offer.key} offer={offer} onAdd={onAdd} onWalk={walk} />
            ))}
          </section>
        ))}
      </div>
    </aside>
  );
});
