import "@xyflow/react/dist/style.css";
import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useRef, useState } from "react";
import { Link, useParams } from "react-router";
import { ApiError } from "../../api/errors";
import { useProjectEvents } from "../../api/events";
import { useProject } from "../../api/projects";
import type { Node, Project } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { TAB } from "../../lib/ids";
import { useRemovals } from "../../lib/undo";
import { texts } from "../../texts";
import { CanvasView } from "./CanvasView";
import { ConnectionBanner } from "./ConnectionBanner";
import { FilesPanel } from "./files/FilesPanel";
import { LeaseBanner } from "./LeaseBanner";
import { LogPanel } from "./LogPanel";
import { Pages } from "./Pages";
import { ProjectActions } from "./ProjectActions";
import { ProjectBar } from "./ProjectBar";
import css from "./ProjectPage.module.css";
import { ProjectSkeleton } from "./ProjectSkeleton";
import { TabStrip } from "./TabStrip";
import { useBelow } from "./useBelow";
import { useEdits } from "./useEdits";
import { usePageCommands } from "./usePageCommands";
import { useTabs } from "./useTabs";

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
  const tabs = useTabs(project.id, canEdit ? nodes : NO_NODES);
  usePageCommands(tabs);
  const log = useBelow(nodes);
  const files = useBelow(nodes);
  const [dragged, drag] = useState<string | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const { open } = tabs;
  const { show: showLog } = log;
  const { show: showFiles } = files;
  const edits = useEdits(project.id, canEdit);
  const acts = useMemo(() => ({ canEdit, open, showLog, showFiles, edits }), [canEdit, open, showLog, showFiles, edits]);

  return (
    <ProjectActions value={acts}>
      <div className={css.project}>
        <ProjectBar project={project} people={connection.people} />
        <ConnectionBanner connection={connection} />
        {canEdit && <LeaseBanner nodes={nodes} />}
        <TabStrip tabs={tabs} dragged={dragged} onDrag={drag} />
        <Pages place={place} tabs={tabs} dragged={dragged} onDropped={() => drag(null)}>
          <ReactFlowProvider>
            <CanvasView project={project} nodes={nodes} isShown={tabs.active === null} />
          </ReactFlowProvider>
        </Pages>
        {log.node && <LogPanel key={log.node.id} node={log.node} onHide={log.hide} />}
        {files.node && <FilesPanel key={files.node.id} node={files.node} onHide={files.hide} />}
      </div>
    </ProjectActions>
  );
}
