/** The cards of nodes that are being added and which the server has not named yet. */
import { useMutationState } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Node as FlowNode } from "@xyflow/react";
import { addingKey } from "../../api/nodes";
import type { NodeCreate, Service } from "../../api/types";
import { CARD } from "../../lib/placement";

export type GhostNode = FlowNode<{ name: string; type: Service["type"] }, "ghost">;

export function useGhosts(projectId: string, services: Service[] | undefined): GhostNode[] {
  const adding = useMutationState({
    filters: { mutationKey: addingKey(projectId), status: "pending" },
    select: (mutation) => ({ body: mutation.state.variables as NodeCreate, at: mutation.state.submittedAt }),
  });
  return useMemo(() => adding.map(({ body, at }, index) => ({
    id: `adding-${at}-${index}`,
    type: "ghost",
    position: body.position ?? { x: 0, y: 0 },
    data: {
      name: body.name ?? body.service_key,
      type: services?.find((each) => each.key === body.service_key)?.type ?? "dynamic",
    },
    width: CARD.width,
    draggable: false,
    selectable: false,
    focusable: false,
    height: 64,
  })), [adding, services]);
}
