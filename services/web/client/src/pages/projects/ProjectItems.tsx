/** The acts on a project that is not in the trash, by what its reader may do. */
import { Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "react-router";
import { sentenceOf } from "../../api/errors";
import { deleteProject, exportPath, useChangeProject, useDuplicateProject } from "../../api/projects";
import { useUser } from "../../api/session";
import { unshare } from "../../api/shares";
import type { Project, ProjectSummary } from "../../api/types";
import { Icon } from "../../components/Icon";
import { removeWithUndo } from "../../components/undoNotice";
import { texts } from "../../texts";

const words = texts.projects;
type Props = { project: ProjectSummary | Project; onRename: () => void; onShare: () => void; onGone?: () => void };

export function ProjectItems({ project, onRename, onShare, onGone }: Props) {
  const user = useUser();
  const go = useNavigate();
  const change = useChangeProject(project.id);
  const copy = useDuplicateProject();
  const { right } = project;
  const tell = (title: string) => ({ onError: (error: unknown) => notifications.show({ color: "red", title, message: sentenceOf(error) }) });
  const duplicate = () =>
    copy.mutate(
      { id: project.id, name: right ? words.copyName(project.name) : project.name },
      { onSuccess: (made) => void go(`/projects/${made.id}`), ...tell(words.duplicate) },
    );
  const publish = () => change.mutate({ is_template: !project.is_template }, tell(words.publish));

  function remove() {
    const isOwn = right === "own";
    removeWithUndo({
      removals: [{ id: project.id, send: () => (isOwn ? deleteProject(project.id) : unshare(project.id, user!.id)) }],
      title: isOwn ? words.trashed(project.name) : words.left(project.name),
      meaning: isOwn ? words.trashedMeaning : words.leftMeaning(project.owner.name),
    });
    onGone?.();
  }

  return (
    <>
      {right && right !== "view" && (
        <Menu.Item leftSection={<Icon name="rename" />} onClick={onRename}>
          {words.rename}
        </Menu.Item>
      )}
      {right && (
        <Menu.Item leftSection={<Icon name="share" />} onClick={onShare}>
          {words.share}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<Icon name="copy" />} onClick={duplicate}>
        {right ? words.duplicate : words.useTemplate}
      </Menu.Item>
      {right && (
        <Menu.Item component="a" href={exportPath(project.id)} download leftSection={<Icon name="download" />}>
          {words.export}
        </Menu.Item>
      )}
      {right === "own" && (
        <Menu.Item leftSection={<Icon name="template" />} onClick={publish}>
          {project.is_template ? words.unpublish : words.publish}
        </Menu.Item>
      )}
      {right && (
        <Menu.Item c="var(--bad)" leftSection={<Icon name={right === "own" ? "trash" : "signOut"} />} onClick={remove}>
          {right === "own" ? words.toTrash : words.leave}
        </Menu.Item>
      )}
    </>
  );
}
