/** Whether what is on the canvas is what the server has. */
import { useMutationState } from "@tanstack/react-query";
import { sentenceOf } from "../../api/errors";
import { savingKey } from "../../api/projects";
import type { Project } from "../../api/types";
import { StateMark } from "../../components/StateMark";
import { clockOf, exactOf } from "../../lib/time";
import { texts } from "../../texts";
import css from "./ProjectBar.module.css";

const words = texts.project;

export function SavedState({ project }: { project: Project }) {
  const saves = useMutationState({
    filters: { mutationKey: savingKey(project.id) },
    select: ({ state }) => ({ status: state.status, error: state.error, at: state.submittedAt }),
  });
  const last = saves.at(-1);
  if (saves.some((save) => save.status === "pending")) return <Line>{words.saving}</Line>;
  if (last?.status === "error") {
    const sentence = sentenceOf(last.error);
    return (
      <div className={css.unsaved} role="alert" data-testid="saved-state" title={sentence}>
        <StateMark state="failed" size={10} />
        <span>
          {words.notSaved}: {sentence}
        </span>
      </div>
    );
  }
  const at = last ? new Date(last.at).toISOString() : project.changed_at;
  return <Line title={exactOf(at)}>{words.saved(clockOf(at))}</Line>;
}

function Line({ children, title }: { children: string; title?: string }) {
  return (
    <span className={css.saved} data-testid="saved-state" title={title}>
      {children}
    </span>
  );
}
