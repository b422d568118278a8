/** Moves the canvas just so far that the selected card does not hide behind the panel that tells about it. */
import { useReactFlow } from "@xyflow/react";
import { useEffect, type RefObject } from "react";

const MARGIN = 16;
const NARROW = 700;
/** On a narrow page the panel covers this part of the canvas from below. */
const COVERED = 0.6;

export function useKeepInView(stage: RefObject<HTMLDivElement | null>, id: string | undefined): void {
  const { getViewport, setViewport } = useReactFlow();
  useEffect(() => {
    const card = id && stage.current?.querySelector(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
    if (!card) return;
    const [box, at, view] = [stage.current!.getBoundingClientRect(), card.getBoundingClientRect(), getViewport()];
    const isNarrow = window.innerWidth <= NARROW;
    const over = {
      x: isNarrow ? 0 : Math.max(0, at.right + MARGIN - box.right),
      y: isNarrow ? Math.max(0, at.bottom + MARGIN - box.bottom + box.height * COVERED) : 0,
    };
    if (over.x || over.y) void setViewport({ ...view, x: view.x - over.x, y: view.y - over.y }, { duration: 150 });
  }, [id, stage, getViewport, setViewport]);
}
