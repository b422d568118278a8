/** What Ctrl+K finds while a canvas is open: its nodes, the services, and what can be done to the canvas. */
import { useReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import type { Node, Service } from "../../api/types";
import { offersOf } from "../../lib/catalogue";
import { useOffer, type Command } from "../../lib/commands";
import { canOpen } from "../../lib/nodeState";
import { useStable } from "../../lib/useStable";
import { texts } from "../../texts";
import { useProjectActions } from "./ProjectActions";
import type { FlowNodes } from "./useFlowNodes";

const words = texts.commands;

type Props = { services: Service[] | undefined; flow: FlowNodes; onAdd: (service: Service) => void };

export function useCanvasCommands({ services, flow, onAdd }: Props): void {
  const { canEdit, open, showLog, edits } = useProjectActions();
  const { fitView } = useReactFlow();
  const add = useStable(onAdd);
  const { select, shown } = flow;

  const commands = useMemo(() => {
    const ofNode = (node: Node): Command[] => {
      const offer = (label: string, run: () => void): Command => ({
        id: `${node.id}-${label}`, group: words.groups.node, label, hint: node.service_key.split("/").at(-1), run,
      });
      return [
        canEdit && canOpen(node.state) ? offer(texts.node.openLabel(node.name), () => open(node.id)) : offer(words.select(node.name), () => select([node.id])),
        offer(texts.log.title(node.name), () => showLog(node.id)),
      ];
    };
    const toAdd = offersOf(canEdit ? (services ?? []) : []).map(({ key, newest }) => ({
      id: `add-${key}`, group: words.groups.service, label: words.add(newest.name), hint: newest.version, run: () => add(newest),
    }));
    const act = (label: string, hint: string, run: () => void): Command => ({ id: `canvas-${label}`, group: words.groups.command, label, hint, run });
    return [
      ...shown.flatMap(ofNode),
      ...toAdd,
      act(words.undo, "Ctrl+Z", () => edits.history.undo()),
      act(words.redo, "Ctrl+Shift+Z", () => edits.history.redo()),
      act(words.fit, "Shift+1", () => void fitView({ maxZoom: 1, padding: 0.2 })),
      act(words.selectAll, "Ctrl+A", () => select(shown.map((node) => node.id))),
    ];
  }, [shown, services, canEdit, open, showLog, edits, select, fitView, add]);
  useOffer(commands);
}
