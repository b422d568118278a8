/** Everything that can be found from here: the pages, the projects, and what the present page offers. */
import { useMantineColorScheme } from "@mantine/core";
import { useMatch, useNavigate } from "react-router";
import { useProjects } from "../api/projects";
import { useLogout, useUser } from "../api/session";
import { useOffered, type Command } from "../lib/commands";
import { useTour } from "../lib/tour";
import { texts } from "../texts";

const words = texts.commands;

export function useCommands(): Command[] {
  const go = useNavigate();
  const user = useUser();
  const here = useMatch("/projects/:id")?.params.id;
  const projects = useProjects().data ?? [];
  const logout = useLogout();
  const tour = useTour();
  const { setColorScheme } = useMantineColorScheme();

  const page = (path: string, label: string): Command => ({ id: `page${path}`, group: words.groups.page, label, run: () => void go(path) });
  const act = (label: string, run: () => void): Command => ({ id: `act-${label}`, group: words.groups.command, label, run });
  const cockpit = user?.role === "admin" ? Object.entries(texts.cockpit.pages).map(([path, label]) => page(`/${path}`, label)) : [];

  return [
    ...useOffered(),
    ...projects
      .filter((project) => project.id !== here)
      .map((project) => ({ id: project.id, group: words.groups.project, label: project.name, run: () => void go(`/projects/${project.id}`) })),
    page("/", texts.nav.projects),
    ...cockpit,
    page("/settings", texts.nav.settings),
    act(texts.projects.create, () => void go("/?new=project")),
    ...Object.entries(texts.settings.schemes).map(([scheme, label]) => act(words.scheme(label), () => setColorScheme(scheme as "auto"))),
    act(words.tour, tour.again),
    act(texts.nav.signOut, () => logout.mutate()),
  ];
}
