/** The keys of the canvas, and what copying and pasting mean on it. */
import { useHotkeys } from "@mantine/hooks";
import { useReactFlow } from "@xyflow/react";
import { useEffect, type RefObject } from "react";
import type { Project, Service } from "../../api/types";
import { centredClip, clipOf, clipText, placedClip, readClip, type Clip } from "../../lib/clip";
import { useStable } from "../../lib/useStable";
import { texts } from "../../texts";
import { useProjectActions } from "./ProjectActions";
import type { FlowNodes } from "./useFlowNodes";

type Props = {
  project: Project;
  flow: FlowNodes;
  services: Service[] | undefined;
  stage: RefObject<HTMLDivElement | null>;
  isShown: boolean;
  onProblem: (problem: unknown) => void;
};

/** True while a key or a paste belongs to a field or to selected text. */
function isTyping(): boolean {
  const on = document.activeElement;
  const isField = on instanceof HTMLElement && (on.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(on.tagName));
  return isField || !(window.getSelection()?.isCollapsed ?? true);
}

export function useCanvasKeys({ project, flow, services, stage, isShown, onProblem }: Props) {
  const { edits } = useProjectActions();
  const { fitView, screenToFlowPosition } = useReactFlow();
  const selected = flow.selected.map((card) => card.data.node);

  const add = useStable((clip: Clip, label: string) => {
    const isKnown = clip.nodes.every((node) => services?.some((each) => each.key === node.service_key && each.version === node.service_version));
    if (!isKnown) return onProblem(new Error(texts.edits.unknownService));
    edits
      .addNodes(placedClip(clip, project.nodes), label)
      .then((nodes) => flow.select(nodes.map((node) => node.id)))
      .catch(onProblem);
  });
  const duplicate = useStable(() => {
    if (selected.length) add(clipOf(selected, project.links), texts.edits.duplicate);
  });
  const copy = useStable((event: ClipboardEvent) => {
    if (!isShown || !selected.length || isTyping()) return;
    event.clipboardData?.setData("text/plain", clipText(clipOf(selected, project.links)));
    event.preventDefault();
    if (event.type === "cut") edits.removeNodes(selected);
  });
  const paste = useStable((event: ClipboardEvent) => {
    const clip = readClip(event.clipboardData?.getData("text/plain") ?? "");
    if (!isShown || !clip?.nodes.length || isTyping()) return;
    event.preventDefault();
    const box = stage.current!.getBoundingClientRect();
    const middle = screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
    const isFromHere = clip.nodes.every((each) => project.nodes.some((node) => node.name === each.name));
    add(isFromHere ? clip : centredClip(clip, middle), texts.edits.paste);
  });

  useEffect(() => {
    const pairs = [["copy", copy], ["cut", copy], ["paste", paste]] as const;
    pairs.forEach(([name, act]) => document.addEventListener(name, act));
    return () => pairs.forEach(([name, act]) => document.removeEventListener(name, act));
  }, [copy, paste]);

  useHotkeys(
    isShown
      ? [
          ["mod+z", () => edits.history.undo()],
          ["mod+shift+z", () => edits.history.redo()],
          ["mod+y", () => edits.history.redo()],
          ["mod+d", duplicate],
          ["mod+a", () => flow.select(project.nodes.map((node) => node.id))],
          ["shift+1", () => void fitView({ maxZoom: 1, padding: 0.2, duration: 200 })],
        ]
      : [],
  );
  return { duplicate };
}
