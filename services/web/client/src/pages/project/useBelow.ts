/** Whose log, or whose files, are shown below the page. */
import { useCallback, useState } from "react";
import type { Node } from "../../api/types";
import { leaveFullScreen } from "../../lib/fullScreen";

export function useBelow(nodes: Node[]) {
  const [id, setId] = useState<string | null>(null);
  const show = useCallback((nodeId: string) => {
    // A page on the whole screen would hide it.
    leaveFullScreen();
    setId(nodeId);
  }, []);
  const hide = useCallback(() => setId(null), []);
  return { node: nodes.find((node) => node.id === id), show, hide };
}
