/** A project of one's own from somebody's template. */
import { Button } from "@mantine/core";
import { useNavigate } from "react-router";
import { useDuplicateProject } from "../../api/projects";
import type { ProjectSummary } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import list from "../../components/List.module.css";
import { texts } from "../../texts";
import css from "./ProjectCard.module.css";

export function UseTemplate({ project }: { project: ProjectSummary }) {
  const go = useNavigate();
  const copy = useDuplicateProject();
  return (
    <>
      <Button
        className={`${list.above} ${css.use}`} variant="default" size="compact-sm" data-testid="use-template" loading={copy.isPending}
        onClick={() => copy.mutate({ id: project.id }, { onSuccess: (made) => void go(`/projects/${made.id}`) })}
      >
        {texts.projects.useTemplate}
      </Button>
      <ErrorNote error={copy.error} />
    </>
  );
}
