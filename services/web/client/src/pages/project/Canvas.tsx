/** The canvas itself: cards, links, and what the mouse and the keys do to them. */
import { useComputedColorScheme } from "@mantine/core";
import { MiniMap, ReactFlow, SelectionMode, useReactFlow, type Edge } from "@xyflow/react";
import { useCallback, useMemo, type DragEvent } from "react";
import type { Position, Project, Service } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { isSwitch, useKept } from "../../lib/kept";
import { useStable } from "../../lib/useStable";
import { texts } from "../../texts";
import { CanvasControls } from "./CanvasControls";
import css from "./Canvas.module.css";
import { Dots } from "./Dots";
import { GhostCard } from "./GhostCard";
import { LinkReason } from "./LinkReason";
import { NodeCard } from "./NodeCard";
import { DRAGGED } from "./PaletteItem";
import { useProjectActions } from "./ProjectActions";
import { useFlowLinks } from "./useFlowLinks";
import type { CardNode, FlowNodes } from "./useFlowNodes";
import { useGhosts, type GhostNode } from "./useGhosts";

const nodeTypes = { card: NodeCard, ghost: GhostCard };
/** From so many cards on, those out of sight are not drawn. */
const MANY = 100;
const GRID: [number, number] = [8, 8];
const DELETE_KEYS = ["Delete", "Backspace"];
const SELECT_KEYS = ["Shift", "Meta", "Control"];
const FIT = { maxZoom: 1, padding: 0.2 };

type Props = {
  project: Project;
  flow: FlowNodes;
  services: Service[] | undefined;
  isEmpty: boolean;
  hasPalette: boolean;
  onAdd: (service: Service, at: Position) => void;
};

export function Canvas({ project, flow, services, isEmpty, hasPalette, onAdd }: Props) {
  const { canEdit, open, edits } = useProjectActions();
  const [hasMap, setMap] = useKept("werkbank-map", false, isSwitch);
  const scheme = useComputedColorScheme("light");
  const { screenToFlowPosition } = useReactFlow();
  const links = useFlowLinks(project, flow);
  const ghosts = useGhosts(project.id, services);

  // React Flow takes every new list, function or array for news and looks through all cards: these keep their identity.
  const { cards } = flow;
  const nodes = useMemo(() => (ghosts.length ? [...cards, ...ghosts] : cards), [cards, ghosts]);
  const openCard = useStable((_event: unknown, card: CardNode | GhostNode) => {
    if (canEdit && card.type === "card") open(card.id);
  });
  const connect = useStable(links.connect);
  const removeLinks = useStable(links.remove);

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
      edits.removeNodes(nodes.flatMap((card) => (card.type === "card" ? [card.data.node] : [])));
      return nodes.length ? false : { nodes: [], edges };
    },
    [edits],
  );

  return (
    <>
      <ReactFlow<CardNode | GhostNode>
        className={css.canvas}
        aria-label={texts.canvas.label}
        colorMode={scheme}
        nodeTypes={nodeTypes}
        nodes={nodes}
        edges={links.edges}
        onNodesChange={flow.onNodesChange as never}
        onEdgesChange={links.onEdgesChange}
        onConnect={connect}
        isValidConnection={links.isValid}
        onBeforeDelete={beforeDelete}
        onEdgesDelete={removeLinks}
        onNodeDoubleClick={openCard}
        onDragOver={(event) => event.preventDefault()}
        onDrop={drop}
        deleteKeyCode={canEdit ? DELETE_KEYS : null}
        nodesDraggable={canEdit}
        nodesConnectable={canEdit}
        multiSelectionKeyCode={SELECT_KEYS}
        selectionMode={SelectionMode.Partial}
        onlyRenderVisibleElements={flow.cards.length > MANY}
        snapToGrid
        snapGrid={GRID}
        minZoom={0.2}
        maxZoom={2}
        zoomOnDoubleClick={false}
        fitView
        fitViewOptions={FIT}
      >
        <Dots />
        <CanvasControls hasMap={hasMap} onMap={() => setMap(!hasMap)} />
        {hasMap && <MiniMap<CardNode | GhostNode> pannable zoomable ariaLabel={texts.edits.map} nodeColor={colourOf} nodeStrokeWidth={0} nodeBorderRadius={8} />}
        <LinkReason problem={links.problem} />
      </ReactFlow>
      {isEmpty && !ghosts.length && (
        <div className={css.empty}>
          <EmptyState title={texts.canvas.emptyTitle} text={!canEdit ? texts.canvas.emptyTextViewer : hasPalette ? texts.canvas.emptyText : texts.canvas.emptyTextNarrow} />
        </div>
      )}
    </>
  );
}

/** A card's state on the map: the word is on the card, this only helps to find it. */
function colourOf(card: CardNode | GhostNode): string {
  const state = card.type === "card" ? card.data.node.state : "created";
  if (state === "failed") return "var(--bad)";
  if (state === "running") return "var(--ok)";
  return "var(--line-strong)";
}
