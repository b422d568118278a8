/** The order of a table by one of its columns. */
import { isOneOf, isSwitch } from "./kept";

export type Sort<Field extends string> = { field: Field; isDown: boolean };

export function isSort<Field extends string>(...fields: Field[]) {
  const isField = isOneOf(...fields);
  return (value: unknown): value is Sort<Field> => {
    const { field, isDown } = (value ?? {}) as Partial<Record<keyof Sort<Field>, unknown>>;
    return isField(field) && isSwitch(isDown);
  };
}

/** The order after a click on a column's head: the other way round, or that column's own first way. */
export function turned<Field extends string>(sort: Sort<Field>, field: Field, downFirst: readonly Field[]): Sort<Field> {
  return { field, isDown: sort.field === field ? !sort.isDown : downFirst.includes(field) };
}

/** Compares by a column, numbers as numbers; what is equal there stands in the order of `name`. */
export function byColumn<Field extends string, Row extends Record<Field, string | number | null>>(
  { field, isDown }: Sort<Field>,
  nameOf: (row: Row) => string,
) {
  return (a: Row, b: Row): number => {
    const [left, right] = [a[field] ?? "", b[field] ?? ""];
    const order = typeof left === "number" && typeof right === "number" ? left - right : String(left).localeCompare(String(right));
    return (isDown ? -order : order) || nameOf(a).localeCompare(nameOf(b));
  };
}
