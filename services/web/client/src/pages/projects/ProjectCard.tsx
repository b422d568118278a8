import type { ProjectSummary } from "../../api/types";
import { Ago } from "../../components/Ago";
import list from "../../components/List.module.css";
import { StateMark } from "../../components/StateMark";
import { exactOf, momentOf } from "../../lib/time";
import { texts } from "../../texts";
import { About } from "./About";
import css from "./ProjectCard.module.css";
import { ProjectMenu } from "./ProjectMenu";
import { ProjectName } from "./ProjectName";
import { UseTemplate } from "./UseTemplate";
import page from "./ProjectsPage.module.css";
import { Thumbnail } from "./Thumbnail";

const words = texts.projects;

export function ProjectCard({ project }: { project: ProjectSummary }) {
  return (
    <li className={css.card} data-testid="project-card" data-project-id={project.id}>
      <div className={css.view}>
        <Thumbnail thumbnail={project.thumbnail} />
        {!project.node_count && <span className={css.bare}>{words.bare}</span>}
      </div>
      <div className={css.words}>
        <div className={css.head}>
          <ProjectName project={project} className={list.main} />
          <ProjectMenu project={project} />
        </div>
        {project.description && <p title={project.description}>{project.description}</p>}
        <About project={project} />
        {project.is_template && !project.right && <UseTemplate project={project} />}
        <div className={css.foot}>
          <StateMark state={project.running_count ? "running" : "created"} size={10} />
          {project.running_count ? words.running(project.running_count) : words.nodes(project.node_count)}
          <Ago at={project.trashed_at ?? project.changed_at} />
        </div>
        {project.ending_at && (
          <span className={page.ending} title={exactOf(project.ending_at)} data-testid="project-ending">
            {texts.lease.projectEnding(momentOf(project.ending_at, Date.now()))}
          </span>
        )}
      </div>
    </li>
  );
}
