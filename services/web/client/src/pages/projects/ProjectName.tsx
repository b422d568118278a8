/** The way into a project; a template or one in the trash has none, what can be done with it is in its menu. */
import { Link } from "react-router";
import type { ProjectSummary } from "../../api/types";
import css from "./ProjectsPage.module.css";

export function ProjectName({ project, className }: { project: ProjectSummary; className: string | undefined }) {
  if (project.trashed_at || !project.right) return <strong className={css.plain}>{project.name}</strong>;
  return (
    <Link to={`/projects/${project.id}`} data-row className={className}>
      {project.name}
    </Link>
  );
}
