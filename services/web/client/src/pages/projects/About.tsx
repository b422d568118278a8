/** What is special about a project: whose it is, what may be done, that it is a template, its tags. */
import type { ProjectSummary } from "../../api/types";
import { texts } from "../../texts";
import css from "./ProjectCard.module.css";

const words = texts.projects;

export function About({ project }: { project: ProjectSummary }) {
  const isOwn = project.right === "own";
  return (
    <div className={css.about}>
      {!isOwn && <span className={css.mark}>{words.sharedBy(project.owner.name, project.right)}</span>}
      {isOwn && project.is_template && <span className={css.mark}>{words.isTemplate}</span>}
      {project.tags.map((tag) => (
        <span key={tag} className={css.tag}>
          {tag}
        </span>
      ))}
    </div>
  );
}
