/** The canvas itself: cards, links, and what the mouse and the keys do to them. */
import { useComputedColorScheme } from "@mantine/core";
import { Background, Controls, ReactFlow, useReactFlow, type Edge } from "@xyflow/react";
import { useCallback, useContext, type DragEvent } from "react";
import type { Position, Project, Service } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { texts } from "../../texts";
import css from "./Canvas.module.css";
import { GhostCard } from "./GhostCard";
import { NodeCard } from "./NodeCard";
import { DRAGGED } from "./PaletteItem";
import { ProjectActions } from "./ProjectActions";
import { removeNode } from "./removeNode";
import { useFlowLinks } from "./useFlowLinks";
import type { CardNode, FlowNodes } from "./useFlowNodes";
import { useGhosts, type GhostNode } from "./useGhosts";

const nodeTypes = { card: NodeCard, ghost: GhostCard };
const GRID: [number, number] = [8, 8];

type Props = {
  project: Project;
  flow: FlowNodes;
  services: Service[] | undefined;
  isEmpty: boolean;
  hasPalette: boolean;
  onAdd: (service: Service, at: Position) => void;
};

export function Canvas({ project, flow, services, isEmpty, hasPalette, onAdd }: Props) {
  const { open } = useContext(ProjectActions);
  const scheme = useComputedColorScheme("light");
  const { screenToFlowPosition } = useReactFlow();
  const links = useFlowLinks(project, flow);
  const ghosts = useGhosts(project.id, services);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    const dragged = event.dataTransfer.getData(DRAGGED);
    if (!dragged) return;
    const { key, version } = JSON.parse(dragged) as { key: string; version: string };
    const service = services?.find((each) => each.key === key && each.version === version);
    if (service) onAdd(service, screenToFlowPosition({ x: event.clientX, y: event.clientY }));
  };

  const beforeDelete = useCallback(
    async ({ nodes, edges }: { nodes: (CardNode | GhostNode)[]; edges: Edge[] }) => {
      nodes.forEach((card) => card.type === "card" && removeNode(card.data.node));
      return nodes.length ? false : { nodes: [], edges };
    },
    [],
  );

  return (
    <>
      <ReactFlow<CardNode | GhostNode>
        className={css.canvas}
        aria-label={texts.canvas.label}
        colorMode={scheme}
        nodeTypes={nodeTypes}
        nodes={[...flow.cards, ...ghosts]}
        edges={links.edges}
        onNodesChange={flow.onNodesChange as never}
        onEdgesChange={links.onEdgesChange}
        onConnect={links.connect}
        isValidConnection={links.isValid}
        onBeforeDelete={beforeDelete}
        onEdgesDelete={links.remove}
        onNodeDoubleClick={(_event, card) => card.type === "card" && open(card.id)}
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
        deleteKeyCode={["Delete", "Backspace"]}
        snapToGrid
        snapGrid={GRID}
        minZoom={0.2}
        maxZoom={2}
        zoomOnDoubleClick={false}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.2 }}
      >
        <Background gap={24} size={1.5} color="var(--dots)" />
        <Controls showInteractive={false} />
      </ReactFlow>
      {isEmpty && !ghosts.length && (
        <div className={css.empty}>
          <EmptyState title={texts.canvas.emptyTitle} text={hasPalette ? texts.canvas.emptyText : texts.canvas.emptyTextNarrow} />
        </div>
      )}
    </>
  );
}
