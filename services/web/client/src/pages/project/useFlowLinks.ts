/** The links as React Flow wants them, and the acts that change them. */
import { useEdgesState, type Connection, type Edge } from "@xyflow/react";
import { useCallback, useEffect, useMemo } from "react";
import type { Link, Port, Project } from "../../api/types";
import { newId } from "../../lib/ids";
import { linkedTo, linkProblem } from "../../lib/links";
import { useSameList } from "../../lib/useSameList";
import { useStable } from "../../lib/useStable";
import { useProjectActions } from "./ProjectActions";
import type { FlowNodes } from "./useFlowNodes";

export function useFlowLinks(project: Project, flow: FlowNodes) {
  const { links } = project;
  const [edges, setEdges, onEdgesChange] = useEdgesState<Edge>([]);
  const { edits } = useProjectActions();

  // A link can only be drawn to ports that are there.
  const hasPorts = useKnown(flow);

  useEffect(() => {
    const drawable = links.filter((link) => hasPorts.has(link.source_node) && hasPorts.has(link.target_node));
    setEdges((before) => {
      const known = new Map(before.map((edge) => [edge.id, edge]));
      return drawable.map((link) => ({ ...known.get(link.id), ...edgeOf(link) }));
    });
  }, [links, setEdges, hasPorts]);

  /** Why this line cannot become a link, or null. */
  const problem = useStable(({ source, sourceHandle, target, targetHandle }: Connection | Edge) =>
    linkProblem(
      { node: source, port: sourceHandle ?? "" },
      portOf(flow, source, "outputs", sourceHandle),
      { node: target, port: targetHandle ?? "" },
      portOf(flow, target, "inputs", targetHandle),
    ),
  );
  const isValid = useCallback((line: Connection | Edge) => problem(line) === null, [problem]);

  function connect({ source, sourceHandle, target, targetHandle }: Connection) {
    if (!sourceHandle || !targetHandle) return;
    const into = { node: target, port: targetHandle };
    edits.setLinks(linkedTo(links, into, { node: source, port: sourceHandle }, newId()));
  }

  function remove(gone: Edge[]) {
    const ids = new Set(gone.map((edge) => edge.id));
    edits.setLinks(links.filter((link) => !ids.has(link.id)));
  }

  return { edges, onEdgesChange, isValid, problem, connect, remove };
}

/** The cards whose service is known; the same set for as long as it holds the same cards. */
function useKnown({ cards }: FlowNodes): ReadonlySet<string> {
  const ids = useSameList(cards.flatMap((card) => (card.data.service ? [card.id] : [])));
  return useMemo(() => new Set(ids), [ids]);
}

function edgeOf(link: Link): Edge {
  return {
    id: link.id,
    source: link.source_node,
    sourceHandle: link.source_port,
    target: link.target_node,
    targetHandle: link.target_port,
  };
}

function portOf(flow: FlowNodes, id: string, side: "inputs" | "outputs", port: string | null | undefined) {
  const card = flow.cards.find((each) => each.id === id);
  const ports = card?.data.service?.[side] as Record<string, Port> | undefined;
  return port ? ports?.[port] : undefined;
}
