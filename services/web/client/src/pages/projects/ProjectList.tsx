/** The projects as cards with their canvas in small, or as a list with columns. */
import type { ProjectSummary } from "../../api/types";
import list from "../../components/List.module.css";
import { useRowKeys } from "../../components/useRowKeys";
import { ProjectCard } from "./ProjectCard";
import card from "./ProjectCard.module.css";
import type { View } from "./ProjectFilters";
import { ProjectRow } from "./ProjectRow";
import css from "./ProjectsPage.module.css";
import { SortHeads } from "./SortHeads";
import type { Sort } from "./sorting";

type Props = { projects: ProjectSummary[]; view: View; sort: Sort; onSort: (sort: Sort) => void };

export function ProjectList({ projects, view, sort, onSort }: Props) {
  const rows = useRowKeys<HTMLUListElement>();
  if (view === "grid") {
    return (
      <ul ref={rows} className={card.grid}>
        {projects.map((project) => (
          <ProjectCard key={project.id} project={project} />
        ))}
      </ul>
    );
  }
  return (
    <div className={css.table}>
      <SortHeads sort={sort} onSort={onSort} />
      <ul ref={rows} className={list.list}>
        {projects.map((project) => (
          <ProjectRow key={project.id} project={project} />
        ))}
      </ul>
    </div>
  );
}
