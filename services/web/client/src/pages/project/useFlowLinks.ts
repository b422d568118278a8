/** The links as React Flow wants them, and the acts that change them. */
import { useEdgesState, type Connection, type Edge } from "@xyflow/react";
import { useCallback, useEffect } from "react";
import { useChangeProject } from "../../api/projects";
import type { Link, Port, Project } from "../../api/types";
import { newId } from "../../lib/ids";
import { linkedTo } from "../../lib/links";
import { canLink } from "../../lib/ports";
import type { FlowNodes } from "./useFlowNodes";

export function useFlowLinks(project: Project, flow: FlowNodes) {
  const { links } = project;
  const [edges, setEdges, onEdgesChange] = useEdgesState<Edge>([]);
  const { mutate: change } = useChangeProject(project.id);

  // A link can only be drawn to ports that are there.
  const hasPorts = new Set(flow.cards.filter((card) => card.data.service).map((card) => card.id));
  const known = [...hasPorts].join();

  useEffect(() => {
    const drawable = links.filter((link) => hasPorts.has(link.source_node) && hasPorts.has(link.target_node));
    setEdges((before) => drawable.map((link) => ({ ...before.find((edge) => edge.id === link.id), ...edgeOf(link) })));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `known` says what is in `hasPorts`
  }, [links, setEdges, known]);

  const isValid = useCallback(
    ({ source, sourceHandle, target, targetHandle }: Connection | Edge) => {
      const output = portOf(flow, source, "outputs", sourceHandle);
      const input = portOf(flow, target, "inputs", targetHandle);
      return source !== target && !!output && !!input && canLink(output.type, input.type);
    },
    [flow],
  );

  function connect({ source, sourceHandle, target, targetHandle }: Connection) {
    if (!sourceHandle || !targetHandle) return;
    const into = { node: target, port: targetHandle };
    change({ links: linkedTo(links, into, { node: source, port: sourceHandle }, newId()) });
  }

  function remove(gone: Edge[]) {
    const ids = new Set(gone.map((edge) => edge.id));
    change({ links: links.filter((link) => !ids.has(link.id)) });
  }

  return { edges, onEdgesChange, isValid, connect, remove };
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
