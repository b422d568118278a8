/** The order of the cards; the list has its column heads for it. */
import { NativeSelect } from "@mantine/core";
import { texts } from "../../texts";
import type { ProjectSort, SortField } from "./sorting";

const words = texts.projects;
const orders: ProjectSort[] = [
  { field: "changed_at", isDown: true },
  { field: "name", isDown: false },
  { field: "running_count", isDown: true },
  { field: "node_count", isDown: true },
];

export function SortSelect({ sort, onSort }: { sort: ProjectSort; onSort: (sort: ProjectSort) => void }) {
  return (
    <NativeSelect
      size="xs"
      aria-label={words.sort}
      value={sort.field}
      onChange={(event) => onSort(orders.find(({ field }) => field === (event.currentTarget.value as SortField))!)}
      data={orders.map(({ field }) => ({ value: field, label: words.orders[field] }))}
    />
  );
}
