/** The heads of a table's columns; a click on one sorts by it, another one turns the order round. */
import type { ReactNode } from "react";
import { turned, type Sort } from "../lib/sort";
import { texts } from "../texts";
import css from "./ColumnHeads.module.css";
import { Icon } from "./Icon";

type Props<Field extends string> = {
  /** What each column is called, from left to right. */
  columns: Record<Field, string>;
  sort: Sort<Field>;
  /** Columns whose greatest or newest come first. */
  downFirst: readonly Field[];
  /** The table's widths. */
  className: string | undefined;
  onSort: (sort: Sort<Field>) => void;
  /** Heads of columns that do not sort. */
  children?: ReactNode;
};

export function ColumnHeads<Field extends string>({ columns, sort, downFirst, className, onSort, children }: Props<Field>) {
  const fields = Object.keys(columns) as Field[];
  return (
    <div className={`${css.heads} ${className}`}>
      {fields.map((field) => (
        <button key={field} type="button" aria-pressed={sort.field === field} onClick={() => onSort(turned(sort, field, downFirst))}>
          {columns[field]}
          {sort.field === field && <Way isDown={sort.isDown} />}
        </button>
      ))}
      {children}
    </div>
  );
}

function Way({ isDown }: { isDown: boolean }) {
  return (
    <>
      <Icon name={isDown ? "down" : "up"} size={12} />
      <span className="sr-only">{texts.sorted(isDown)}</span>
    </>
  );
}
