/** What may be done with a project in a list. */
import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ProjectSummary } from "../../api/types";
import { Icon } from "../../components/Icon";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import { ProjectItems } from "./ProjectItems";
import { RenameProject } from "./RenameProject";
import { ShareDialog } from "./ShareDialog";
import { TrashItems } from "./TrashItems";

export function ProjectMenu({ project }: { project: ProjectSummary }) {
  const [isRenaming, renaming] = useDisclosure();
  const [isSharing, sharing] = useDisclosure();
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon className={list.above} data-testid="project-menu" aria-label={texts.projects.actions(project.name)}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {project.trashed_at ? <TrashItems project={project} /> : <ProjectItems project={project} onRename={renaming.open} onShare={sharing.open} />}
        </Menu.Dropdown>
      </Menu>
      {isRenaming && <RenameProject project={project} onClose={renaming.close} />}
      {isSharing && <ShareDialog project={project} onClose={sharing.close} />}
    </>
  );
}
