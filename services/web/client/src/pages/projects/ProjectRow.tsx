import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "react-router";
import { deleteProject } from "../../api/projects";
import type { ProjectSummary } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Icon } from "../../components/Icon";
import { removeWithUndo } from "../../components/undoNotice";
import { StateMark } from "../../components/StateMark";
import list from "../../components/List.module.css";
import { exactOf, momentOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./ProjectsPage.module.css";
import { RenameProject } from "./RenameProject";

const words = texts.projects;

export function ProjectRow({ project }: { project: ProjectSummary }) {
  const [isRenaming, renaming] = useDisclosure();

  function remove() {
    removeWithUndo({
      removals: [{ id: project.id, send: () => deleteProject(project.id) }],
      title: words.deleted(project.name),
      meaning: words.deletedMeaning(project.running_count),
    });
  }

  return (
    <li className={`${list.row} ${css.row}`} data-testid="project-card" data-project-id={project.id}>
      <div className={css.name}>
        <Link to={`/projects/${project.id}`} data-row className={list.main}>
          {project.name}
        </Link>
        {project.description && <p>{project.description}</p>}
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
        <Ago at={project.changed_at} />
      </span>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon className={list.above} aria-label={words.actions(project.name)}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="rename" />} onClick={renaming.open}>
            {words.rename}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<Icon name="trash" />} onClick={remove}>
            {words.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isRenaming && <RenameProject project={project} onClose={renaming.close} />}
    </li>
  );
}
