/** Takes a node off the canvas, with a moment to take it back. */
import { deleteNode } from "../../api/nodes";
import type { Node } from "../../api/types";
import { removeWithUndo } from "../../components/undoNotice";
import { canClose } from "../../lib/nodeState";
import { texts } from "../../texts";

export function removeNode(node: Node): void {
  removeWithUndo({
    id: node.id,
    title: texts.node.deleted(node.name),
    meaning: texts.node.deletedMeaning(canClose(node.state)),
    send: () => deleteNode(node.project_id, node.id),
  });
}
