/** Column heads that sort. */
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";
import type { Sort, SortField } from "./sorting";
import css from "./Users.module.css";

const heads = Object.entries(texts.users.columns) as [SortField, string][];
const DOWN_FIRST: SortField[] = ["running_nodes", "seen_at"];

export function UserHeads({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  return (
    <div className={css.heads}>
      {heads.map(([field, label]) => {
        const isSorted = sort.field === field;
        return (
          <button
            key={field}
            type="button"
            aria-pressed={isSorted}
            data-way={isSorted ? (sort.isDown ? "down" : "up") : undefined}
            onClick={() => onSort({ field, isDown: isSorted ? !sort.isDown : DOWN_FIRST.includes(field) })}
          >
            {label}
            {isSorted && <Icon name="down" size={12} />}
          </button>
        );
      })}
    </div>
  );
}
