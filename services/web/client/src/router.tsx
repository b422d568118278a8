/** Which page answers which address. The canvas is a bundle of its own: the dashboard does not wait for it. */
import { createBrowserRouter } from "react-router";
import { Frame } from "./components/Frame";
import { CrashPage } from "./pages/CrashPage";
import { LoginPage } from "./pages/login/LoginPage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { ProjectsPage } from "./pages/projects/ProjectsPage";

export const router = createBrowserRouter([
  { path: "/login", element: <LoginPage />, errorElement: <CrashPage /> },
  {
    path: "/invite",
    errorElement: <CrashPage />,
    hydrateFallbackElement: <></>,
    lazy: async () => ({ Component: (await import("./pages/invite/InvitePage")).InvitePage }),
  },
  {
    path: "/projects/:id/nodes/:nodeId/page",
    errorElement: <CrashPage />,
    hydrateFallbackElement: <></>,
    lazy: async () => ({ Component: (await import("./pages/project/OwnTabPage")).OwnTabPage }),
  },
  {
    element: <Frame />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <></>,
    children: [
      { index: true, element: <ProjectsPage /> },
      {
        path: "projects/:id",
        lazy: async () => ({ Component: (await import("./pages/project/ProjectPage")).ProjectPage }),
      },
      {
        lazy: async () => ({ Component: (await import("./pages/cockpit/Cockpit")).Cockpit }),
        children: [
          { path: "runs", lazy: async () => ({ Component: (await import("./pages/runs/RunsPage")).RunsPage }) },
          { path: "runs/:id", lazy: async () => ({ Component: (await import("./pages/runs/RunPage")).RunPage }) },
          { path: "cluster", lazy: async () => ({ Component: (await import("./pages/cluster/ClusterPage")).ClusterPage }) },
          { path: "deploy", lazy: async () => ({ Component: (await import("./pages/deploy/DeployPage")).DeployPage }) },
          { path: "services", lazy: async () => ({ Component: (await import("./pages/services/ServicesPage")).ServicesPage }) },
          { path: "registry", lazy: async () => ({ Component: (await import("./pages/registry/RegistryPage")).RegistryPage }) },
          { path: "users", lazy: async () => ({ Component: (await import("./pages/users/UsersPage")).UsersPage }) },
          { path: "users/:id", lazy: async () => ({ Component: (await import("./pages/users/UserPage")).UserPage }) },
          { path: "reaper", lazy: async () => ({ Component: (await import("./pages/reaper/ReaperPage")).ReaperPage }) },
          { path: "events", lazy: async () => ({ Component: (await import("./pages/events/EventsPage")).EventsPage }) },
        ],
      },
      { path: "settings", lazy: async () => ({ Component: (await import("./pages/settings/SettingsPage")).SettingsPage }) },
      { path: "*", element: <NotFoundPage /> },
    ],
  },
]);
