/** What anything in a project may ask its page to do. */
import { createContext, useContext } from "react";
import type { Edits } from "./edits";

/** `canEdit` is false for those who may only look. */
export type ProjectActs = {
  canEdit: boolean;
  open: (id: string) => void;
  showLog: (id: string) => void;
  showFiles: (id: string) => void;
  edits: Edits;
};

export const ProjectActions = createContext<ProjectActs | null>(null);

export function useProjectActions(): ProjectActs {
  const acts = useContext(ProjectActions);
  if (!acts) throw new Error("There is no project around this part of the page.");
  return acts;
}
