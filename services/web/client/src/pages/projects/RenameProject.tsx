import { useChangeProject } from "../../api/projects";
import { texts } from "../../texts";
import { ProjectDialog } from "./ProjectDialog";

const words = texts.projects;
type Props = { project: { id: string; name: string; description: string | null; tags: string[] }; onClose: () => void };

export function RenameProject({ project, onClose }: Props) {
  const change = useChangeProject(project.id);
  return (
    <ProjectDialog
      title={words.renameTitle}
      submit={words.save}
      before={project}
      isBusy={change.isPending}
      error={change.error}
      onSubmit={(said) => change.mutate(said, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
