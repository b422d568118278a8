/** The bar over a project: its name, whether it is saved, who else is here. */
import { Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Project } from "../../api/types";
import { Icon } from "../../components/Icon";
import { texts } from "../../texts";
import { RenameProject } from "../projects/RenameProject";
import css from "./ProjectBar.module.css";
import { SavedState } from "./SavedState";

export function ProjectBar({ project, tabs }: { project: Project; tabs: number }) {
  const [isRenaming, renaming] = useDisclosure();
  return (
    <header className={css.bar}>
      <Menu position="bottom-start">
        <Menu.Target>
          <button type="button" className={css.name} aria-label={`${project.name}, ${texts.project.actions}`}>
            <h1>{project.name}</h1>
            <Icon name="down" size={14} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {project.description && <Menu.Label maw={280}>{project.description}</Menu.Label>}
          <Menu.Item leftSection={<Icon name="rename" />} onClick={renaming.open}>
            {texts.projects.rename}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SavedState project={project} />
      <span className={css.people} title={texts.project.peopleTitle(tabs)}>
        <Icon name="account" size={14} />
        {texts.project.people(tabs)}
      </span>
      {isRenaming && <RenameProject project={project} onClose={renaming.close} />}
    </header>
  );
}
