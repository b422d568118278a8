/** The cards as React Flow wants them: the server's nodes, with this browser's selection and dragging on top. */
import { useNodesState, type Node as FlowNode, type NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useChangeNode } from "../../api/nodes";
import type { Node, Service } from "../../api/types";
import { statusLine } from "../../lib/nodeState";
import { texts } from "../../texts";

export type CardNode = FlowNode<{ node: Node; service: Service | undefined }, "card">;

/** Moves within this time (ms) are saved together. */
const SAVE_AFTER = 300;

export type FlowNodes = ReturnType<typeof useFlowNodes>;

export function useFlowNodes(projectId: string, nodes: Node[], services: Service[] | undefined) {
  const catalogue = useMemo(
    () => new Map(services?.map((service) => [`${service.key}:${service.version}`, service])),
    [services],
  );
  const serviceOf = useCallback(
    (node: Node) => catalogue.get(`${node.service_key}:${node.service_version}`),
    [catalogue],
  );
  const [cards, setCards, applyChanges] = useNodesState<CardNode>([]);
  const [wantedId, setWantedId] = useState<string | null>(null);
  const moved = useRef(new Set<string>());
  const mark = nodes.map((node) => node.id).join();

  useEffect(() => {
    setCards((before) => {
      const known = new Map(before.map((card) => [card.id, card]));
      return nodes.map((node) => cardOf(node, serviceOf(node), known.get(node.id), moved.current.has(node.id)));
    });
    // `nodes` is filtered anew on every render; its members keep their identity.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [mark, ...nodes, serviceOf]);

  const select = useCallback(
    (id: string | null) => {
      setWantedId(id);
      setCards((before) => before.map((card) => ({ ...card, selected: card.id === id })));
    },
    [setCards],
  );

  const isWantedHere = wantedId !== null && cards.some((card) => card.id === wantedId);
  useEffect(() => {
    if (isWantedHere) {
      select(wantedId);
      setWantedId(null);
    }
  }, [isWantedHere, wantedId, select]);

  const save = useSaving(projectId, cards, moved.current);
  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      for (const change of changes) {
        if (change.type === "position" && change.position) moved.current.add(change.id);
      }
      applyChanges(changes);
      if (changes.some((change) => change.type === "position" && !change.dragging)) save();
    },
    [applyChanges, save],
  );

  const selected = cards.filter((card) => card.selected);
  return { cards, onNodesChange, select, selectedId: selected.length === 1 ? selected[0]!.id : null, serviceOf };
}

function cardOf(node: Node, service: Service | undefined, before: CardNode | undefined, isMoved: boolean): CardNode {
  return {
    ...before,
    id: node.id,
    type: "card",
    position: before && (before.dragging || isMoved) ? before.position : node.position,
    data: { node, service },
    ariaLabel: texts.node.cardLabel(node.name, statusLine(node, Date.now())),
  };
}

/** Saves the positions of the moved cards, shortly after the last move. */
function useSaving(projectId: string, cards: CardNode[], moved: Set<string>) {
  const { mutate } = useChangeNode(projectId);
  const latest = useRef(cards);
  latest.current = cards;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    for (const card of latest.current.filter((each) => moved.has(each.id) && !each.dragging)) {
      const position = { x: Math.round(card.position.x), y: Math.round(card.position.y) };
      moved.delete(card.id);
      mutate({ id: card.id, change: { position } });
    }
  }, [moved, mutate]);

  useEffect(() => flush, [flush]);
  return useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, SAVE_AFTER);
  }, [flush]);
}
