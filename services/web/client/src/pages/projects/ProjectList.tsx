/** The projects as cards with their canvas in small, or as a list with columns. */
import type { ProjectSummary } from "../../api/types";
import { ColumnHeads } from "../../components/ColumnHeads";
import list from "../../components/List.module.css";
import { useRowKeys } from "../../components/useRowKeys";
import { texts } from "../../texts";
import { ProjectCard } from "./ProjectCard";
import card from "./ProjectCard.module.css";
import type { View } from "./ProjectFilters";
import { ProjectRow } from "./ProjectRow";
import css from "./ProjectsPage.module.css";
import { DOWN_FIRST, type ProjectSort } from "./sorting";

type Props = { projects: ProjectSummary[]; view: View; sort: ProjectSort; onSort: (sort: ProjectSort) => void };

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
      <ColumnHeads className={css.heads} columns={texts.projects.columns} downFirst={DOWN_FIRST} sort={sort} onSort={onSort}>
        <span />
      </ColumnHeads>
      <ul ref={rows} className={list.list}>
        {projects.map((project) => (
          <ProjectRow key={project.id} project={project} />
        ))}
      </ul>
    </div>
  );
}
