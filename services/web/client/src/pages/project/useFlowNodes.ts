/** The cards as React Flow wants them: the server's nodes, with this browser's selection and dragging on top. */
import { useNodesState, type Node as FlowNode, type NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Node, Service } from "../../api/types";
import { statusLine } from "../../lib/nodeState";
import { useSameList } from "../../lib/useSameList";
import { texts } from "../../texts";
import { useProjectActions } from "./ProjectActions";

export type CardNode = FlowNode<{ node: Node; service: Service | undefined }, "card">;

/** Moves within this time (ms) are saved together. */
const SAVE_AFTER = 300;

const NONE: readonly string[] = [];

export type FlowNodes = ReturnType<typeof useFlowNodes>;

export function useFlowNodes(nodes: Node[], services: Service[] | undefined) {
  const catalogue = useMemo(
    () => new Map(services?.map((service) => [`${service.key}:${service.version}`, service])),
    [services],
  );
  const serviceOf = useCallback(
    (node: Node) => catalogue.get(`${node.service_key}:${node.service_version}`),
    [catalogue],
  );
  const [cards, setCards, applyChanges] = useNodesState<CardNode>([]);
  const [wanted, setWanted] = useState<readonly string[]>(NONE);
  const moved = useRef(new Set<string>());
  const shown = useSameList(nodes);

  // While drawing, not after it: the canvas is drawn once for each change, not twice.
  const [seen, setSeen] = useState<unknown[]>([]);
  if (seen[0] !== shown || seen[1] !== serviceOf) {
    setSeen([shown, serviceOf]);
    const known = new Map(cards.map((card) => [card.id, card]));
    setCards(shown.map((node) => cardOf(node, serviceOf(node), known.get(node.id), moved.current.has(node.id))));
  }

  /** Selects these cards and no others; those that are not there yet as soon as they are. */
  const select = useCallback(
    (ids: readonly string[]) => {
      setWanted(ids);
      const wantedIds = new Set(ids);
      setCards((before) => before.map((card) => (!!card.selected === wantedIds.has(card.id) ? card : { ...card, selected: wantedIds.has(card.id) })));
    },
    [setCards],
  );

  const areWantedHere = wanted.length > 0 && wanted.every((id) => cards.some((card) => card.id === id));
  useEffect(() => {
    if (areWantedHere) {
      select(wanted);
      setWanted(NONE);
    }
  }, [areWantedHere, wanted, select]);

  const save = useSaving(cards, moved.current);
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

  const selected = useSameList(cards.filter((card) => card.selected));
  return { cards, shown, onNodesChange, select, selected, serviceOf };
}

function cardOf(node: Node, service: Service | undefined, before: CardNode | undefined, isMoved: boolean): CardNode {
  const { x, y } = before && (before.dragging || isMoved) ? before.position : node.position;
  const isSame = before?.data.node === node && before.data.service === service;
  // The same object is a card that need not be drawn again.
  if (isSame && before.position.x === x && before.position.y === y) return before;
  return {
    ...before,
    id: node.id,
    type: "card",
    position: { x, y },
    data: { node, service },
    ariaLabel: texts.node.cardLabel(node.name, statusLine(node, Date.now())),
  };
}

/** Saves the positions of the moved cards, shortly after the last move, as one act. */
function useSaving(cards: CardNode[], moved: Set<string>) {
  const { edits } = useProjectActions();
  const latest = useRef(cards);
  latest.current = cards;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const done = latest.current.filter((each) => moved.has(each.id) && !each.dragging);
    done.forEach((card) => moved.delete(card.id));
    const moves = done.map((card) => ({
      id: card.id,
      from: card.data.node.position,
      to: { x: Math.round(card.position.x), y: Math.round(card.position.y) },
    }));
    const real = moves.filter(({ from, to }) => from.x !== to.x || from.y !== to.y);
    if (real.length) edits.moveNodes(real);
  }, [moved, edits]);

  useEffect(() => flush, [flush]);
  return useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, SAVE_AFTER);
  }, [flush]);
}
