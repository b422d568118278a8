/** A node's page in a browser tab of its own, under an address that stays when the node starts anew. Counts as presence. */
import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useMemo } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useProjectEvents } from "../../api/events";
import { useProject } from "../../api/projects";
import type { Node, Project } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import { SignedIn } from "../../components/SignedIn";
import { TAB } from "../../lib/ids";
import { texts } from "../../texts";
import { ConnectionBanner } from "./ConnectionBanner";
import { FilesPanel } from "./files/FilesPanel";
import { LeaseBanner } from "./LeaseBanner";
import { LogPanel } from "./LogPanel";
import { NodePage } from "./NodePage";
import css from "./OwnTabPage.module.css";
import { CloseNode, FullScreenAct, paneId } from "./PageActions";
import { PaneBar } from "./PaneBar";
import { ProjectActions } from "./ProjectActions";
import { useBelow } from "./useBelow";
import { useEdits } from "./useEdits";

const words = texts.project;

export function OwnTabPage() {
  return (
    <SignedIn>
      <main className={css.tab}>
        <Looked />
      </main>
    </SignedIn>
  );
}

function Looked() {
  const { id = "", nodeId = "" } = useParams();
  const project = useProject(id);
  if (project.data) return <OpenTab key={id} project={project.data} nodeId={nodeId} />;
  if (project.isPending) return <p className="sr-only">{words.loading}</p>;
  return <ErrorNote error={project.error} onRetry={() => void project.refetch()} />;
}

function OpenTab({ project, nodeId }: { project: Project; nodeId: string }) {
  const node = project.nodes.find((each) => each.id === nodeId);
  const connection = useProjectEvents(project.id, TAB);
  useDocumentTitle(`${node?.name ?? words.pages.goneTitle} · ${project.name}`);
  if (project.right === "view") return <Nothing project={project} title={words.pages.viewerTitle} text={words.pages.viewerText(project.owner.name)} />;
  if (!node) return <Nothing project={project} title={words.pages.goneTitle} text={words.pages.goneText} />;
  return (
    <>
      <ConnectionBanner connection={connection} />
      <LeaseBanner nodes={[node]} />
      <OwnPage project={project} node={node} />
    </>
  );
}

function OwnPage({ project, node }: { project: Project; node: Node }) {
  const go = useNavigate();
  const edits = useEdits(project.id, true);
  const log = useBelow(project.nodes);
  const files = useBelow(project.nodes);
  const { show: showLog } = log;
  const { show: showFiles } = files;
  const toCanvas = () => void go(`/projects/${project.id}`);
  const acts = useMemo(
    () => ({ canEdit: true, open: (id: string) => void go(`/projects/${project.id}?node=${id}`), showLog, showFiles, edits }),
    [project.id, go, showLog, showFiles, edits],
  );
  return (
    <ProjectActions value={acts}>
      <section id={paneId(node.id)} className={css.pane} aria-label={words.pages.region(node.name)} data-testid="own-page">
        <PaneBar node={node}>
          <Link to={`/projects/${project.id}?node=${node.id}`} className={css.back} aria-label={words.pages.toProject(project.name)} title={words.pages.toProject(project.name)}>
            <Icon name="projects" size={14} />
            <span>{project.name}</span>
          </Link>
          <FullScreenAct node={node} />
          <CloseNode node={node} />
        </PaneBar>
        <div className={css.page}>
          <NodePage node={node} isShown onBack={toCanvas} />
        </div>
      </section>
      {log.node && <LogPanel key={log.node.id} node={log.node} onHide={log.hide} />}
      {files.node && <FilesPanel key={files.node.id} node={files.node} onHide={files.hide} />}
    </ProjectActions>
  );
}

function Nothing({ project, title, text }: { project: Project; title: string; text: string }) {
  return (
    <EmptyState isPage title={title} text={text}>
      <Button component={Link} to={`/projects/${project.id}`}>
        {words.pages.toProject(project.name)}
      </Button>
    </EmptyState>
  );
}
