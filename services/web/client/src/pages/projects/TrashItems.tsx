import { Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { sentenceOf } from "../../api/errors";
import { deleteProject, restoreProject } from "../../api/projects";
import type { ProjectSummary } from "../../api/types";
import { Icon } from "../../components/Icon";
import { removeWithUndo } from "../../components/undoNotice";
import { texts } from "../../texts";

const words = texts.projects;

export function TrashItems({ project }: { project: ProjectSummary }) {
  const restore = () =>
    restoreProject(project.id)
      .then(() => notifications.show({ title: words.restored(project.name), message: words.restoredMeaning }))
      .catch((error: unknown) => notifications.show({ color: "red", title: words.restore, message: sentenceOf(error) }));
  const remove = () =>
    removeWithUndo({
      removals: [{ id: project.id, send: () => deleteProject(project.id, true) }],
      title: words.removed(project.name),
      meaning: words.removedMeaning,
    });
  return (
    <>
      <Menu.Item leftSection={<Icon name="undo" />} onClick={() => void restore()}>
        {words.restore}
      </Menu.Item>
      <Menu.Item c="var(--bad)" leftSection={<Icon name="trash" />} onClick={remove}>
        {words.deleteForever}
      </Menu.Item>
    </>
  );
}
