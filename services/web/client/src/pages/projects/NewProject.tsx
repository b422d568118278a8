import { useNavigate } from "react-router";
import { useCreateProject } from "../../api/projects";
import { texts } from "../../texts";
import { ProjectDialog } from "./ProjectDialog";

const words = texts.projects;

export function NewProject({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreateProject();
  return (
    <ProjectDialog
      title={words.create}
      submit={words.createSubmit}
      testId="create-project"
      isBusy={create.isPending}
      error={create.error}
      onSubmit={(said) => create.mutate(said, { onSuccess: (project) => void navigate(`/projects/${project.id}`) })}
      onClose={onClose}
    />
  );
}
