import "@xyflow/react/dist/style.css";
import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useState, type ReactNode } from "react";
import { Link, useParams } from "react-router";
import { ApiError } from "../../api/errors";
import { useProjectEvents } from "../../api/events";
import { useProject } from "../../api/projects";
import type { Node, Project } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { newId } from "../../lib/ids";
import { useRemovals } from "../../lib/undo";
import { texts } from "../../texts";
import { CanvasView } from "./CanvasView";
import { ConnectionBanner } from "./ConnectionBanner";
import { LeaseBanner } from "./LeaseBanner";
import { LogPanel } from "./LogPanel";
import { NodePage } from "./NodePage";
import { ProjectActions } from "./ProjectActions";
import { ProjectBar } from "./ProjectBar";
import css from "./ProjectPage.module.css";
import { ProjectSkeleton } from "./ProjectSkeleton";
import { TabStrip } from "./TabStrip";
import { useEdits } from "./useEdits";
import { useTabs } from "./useTabs";

/** One per loaded page: how the server tells one browser tab from another. */
const TAB = newId();
const NO_NODES: Node[] = [];

export function ProjectPage() {
  const { id = "" } = useParams();
  const project = useProject(id);
  if (project.error instanceof ApiError && project.error.status === 404) return <MissingProject sentence={project.error.message} />;
  if (project.data) return <OpenProject key={id} project={project.data} />;
  if (project.isPending) return <ProjectSkeleton />;
  return <ErrorNote error={project.error} onRetry={() => void project.refetch()} />;
}

function MissingProject({ sentence }: { sentence: string }) {
  return (
    <EmptyState isPage title={texts.project.notFoundTitle} text={sentence}>
      <Button component={Link} to="/">
        {texts.project.notFoundAction}
      </Button>
    </EmptyState>
  );
}

function OpenProject({ project }: { project: Project }) {
  useDocumentTitle(`${project.name} · ${texts.product}`);
  const connection = useProjectEvents(project.id, TAB);
  const removals = useRemovals();
  const nodes = project.nodes.filter((node) => !removals.has(node.id));
  const canEdit = project.right !== "view";
  // A node's page does what it is told: it is for those who may change the project.
  const tabs = useTabs(canEdit ? nodes : NO_NODES);
  const [loggedId, showLog] = useState<string | null>(null);
  const logged = nodes.find((node) => node.id === loggedId);
  const { open } = tabs;
  const edits = useEdits(project.id, canEdit);
  const acts = useMemo(() => ({ canEdit, open, showLog, edits }), [canEdit, open, edits]);

  return (
    <ProjectActions value={acts}>
      <div className={css.project}>
        <ProjectBar project={project} people={connection.people} />
        <ConnectionBanner connection={connection} />
        {canEdit && <LeaseBanner nodes={nodes} />}
        <TabStrip projectId={project.id} tabs={tabs} />
        <div className={css.work}>
          <Layer isShown={tabs.active === null}>
            <ReactFlowProvider>
              <CanvasView project={project} nodes={nodes} isShown={tabs.active === null} />
            </ReactFlowProvider>
          </Layer>
          {tabs.opened.map((node) => (
            <Layer key={node.id} isShown={tabs.active?.id === node.id}>
              <NodePage node={node} isShown={tabs.active?.id === node.id} onBack={tabs.toCanvas} />
            </Layer>
          ))}
        </div>
        {logged && <LogPanel key={logged.id} node={logged} onHide={() => showLog(null)} />}
      </div>
    </ProjectActions>
  );
}

/** One of the things that share the place below the tabs: all stay, one shows. */
function Layer({ isShown, children }: { isShown: boolean; children: ReactNode }) {
  return (
    <div className={css.layer} data-hidden={!isShown || undefined} inert={!isShown}>
      {children}
    </div>
  );
}
