/** The bar over a project: its name, whether it is saved, who else is here. */
import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "react-router";
import type { Project } from "../../api/types";
import { Icon } from "../../components/Icon";
import type { Person } from "../../lib/people";
import { texts } from "../../texts";
import { ProjectItems } from "../projects/ProjectItems";
import { RenameProject } from "../projects/RenameProject";
import { ShareDialog } from "../projects/ShareDialog";
import { People } from "./People";
import css from "./ProjectBar.module.css";
import { SavedState } from "./SavedState";

export function ProjectBar({ project, people }: { project: Project; people: Person[] }) {
  const [isRenaming, renaming] = useDisclosure();
  const [isSharing, sharing] = useDisclosure();
  const go = useNavigate();
  const canEdit = project.right !== "view";
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
          <ProjectItems project={project} onRename={renaming.open} onShare={sharing.open} onGone={() => void go("/")} />
        </Menu.Dropdown>
      </Menu>
      {canEdit ? (
        <SavedState project={project} />
      ) : (
        <span className={css.viewer} title={texts.project.viewOnlyTitle(project.owner.name)} data-testid="view-only">
          {texts.project.viewOnly}
        </span>
      )}
      <People people={people} />
      <Button variant="default" data-testid="share-project" className={css.share} aria-label={texts.project.share} onClick={sharing.open}>
        <Icon name="share" size={14} />
        <span className={css.shareLabel}>{texts.project.share}</span>
      </Button>
      {isRenaming && <RenameProject project={project} onClose={renaming.close} />}
      {isSharing && <ShareDialog project={project} onClose={sharing.close} />}
    </header>
  );
}
