import type { ProjectSummary } from "../../api/types";
import { Ago } from "../../components/Ago";
import list from "../../components/List.module.css";
import { StateMark } from "../../components/StateMark";
import { exactOf, momentOf } from "../../lib/time";
import { texts } from "../../texts";
import { About } from "./About";
import { ProjectMenu } from "./ProjectMenu";
import { ProjectName } from "./ProjectName";
import { UseTemplate } from "./UseTemplate";
import css from "./ProjectsPage.module.css";

const words = texts.projects;

export function ProjectRow({ project }: { project: ProjectSummary }) {
  return (
    <li className={`${list.row} ${css.row}`} data-testid="project-card" data-project-id={project.id}>
      <div className={css.name}>
        <ProjectName project={project} className={list.main} />
        {project.description && <p>{project.description}</p>}
        <About project={project} />
        {project.is_template && !project.right && <UseTemplate project={project} />}
      </div>
      <span className={css.nodes}>{words.nodes(project.node_count)}</span>
      <span className={css.running}>
        <StateMark state={project.running_count ? "running" : "created"} size={10} />
        {project.running_count ? words.running(project.running_count) : words.noneRunning}
        {project.ending_at && (
          <span className={css.ending} title={exactOf(project.ending_at)} data-testid="project-ending">
            {texts.lease.projectEnding(momentOf(project.ending_at, Date.now()))}
          </span>
        )}
      </span>
      <span className={css.changed}>
        <Ago at={project.trashed_at ?? project.changed_at} />
      </span>
      <ProjectMenu project={project} />
    </li>
  );
}
