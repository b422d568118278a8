/** What anything in a project may ask its page to do. */
import { createContext } from "react";

export type ProjectActs = { open: (id: string) => void; showLog: (id: string) => void };

export const ProjectActions = createContext<ProjectActs>({ open: () => undefined, showLog: () => undefined });
