/** Column heads that sort. */
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";
import css from "./ProjectsPage.module.css";
import type { Sort, SortField } from "./sorting";

const heads: { field: SortField; label: string }[] = [
  { field: "name", label: texts.projects.columns.name },
  { field: "node_count", label: texts.projects.columns.nodes },
  { field: "running_count", label: texts.projects.columns.running },
  { field: "changed_at", label: texts.projects.columns.changed },
];

export function SortHeads({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  return (
    <div className={css.heads}>
      {heads.map(({ field, label }) => {
        const isSorted = sort.field === field;
        return (
          <button
            key={field}
            type="button"
            aria-pressed={isSorted}
            data-way={isSorted ? (sort.isDown ? "down" : "up") : undefined}
            onClick={() => onSort({ field, isDown: isSorted ? !sort.isDown : field !== "name" })}
          >
            {label}
            {isSorted && <Icon name="down" size={12} />}
          </button>
        );
      })}
      <span />
    </div>
  );
}
