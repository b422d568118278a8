/** The edits of one open project, and the history they go into. */
import { useMemo } from "react";
import { cache } from "../../api/cache";
import { deleteNode, useAddNode, useChangeNode } from "../../api/nodes";
import { useRelink } from "../../api/links";
import { projectKey } from "../../api/projects";
import type { Node, Project } from "../../api/types";
import { removeWithUndo } from "../../components/undoNotice";
import { History } from "../../lib/history";
import { canClose } from "../../lib/nodeState";
import { removeLater, undoRemoval } from "../../lib/undo";
import { texts } from "../../texts";
import { editsOf, type Edits } from "./edits";

export function useEdits(projectId: string, canEdit: boolean): Edits {
  const { mutate: change } = useChangeNode(projectId);
  const { mutate: relink } = useRelink(projectId);
  const { mutateAsync: add } = useAddNode(projectId);
  return useMemo(() => {
    const project = () => cache.getQueryData<Project>(projectKey(projectId));
    const edits = editsOf(new History(), {
      nodes: () => project()?.nodes ?? [],
      links: () => project()?.links ?? [],
      change: (id, part) => change({ id, change: part }),
      link: (gone, come) => relink({ gone, come }),
      add,
      remove: (nodes, onUndo) => (onUndo ? removeAloud(nodes, onUndo) : nodes.forEach(removeQuietly)),
      takeBack: undoRemoval,
    });
    return canEdit ? edits : lookOnly(edits);
  }, [projectId, canEdit, change, relink, add]);
}

/** Whoever may only look changes nothing, whatever key they press. */
function lookOnly(edits: Edits): Edits {
  const nothing = () => undefined;
  return { ...edits, changeNode: nothing, moveNodes: nothing, setLinks: nothing, addNodes: () => Promise.resolve([]), removeNodes: nothing };
}

const removalOf = (node: Node) => ({ id: node.id, send: () => deleteNode(node.project_id, node.id) });

function removeQuietly(node: Node): void {
  const { id, send } = removalOf(node);
  removeLater(id, send, () => undefined); // It shows again, which says that it was refused.
}

function removeAloud(nodes: Node[], onUndo: () => void): void {
  const [only] = nodes.length === 1 ? nodes : [];
  removeWithUndo({
    removals: nodes.map(removalOf),
    title: only ? texts.node.deleted(only.name) : texts.edits.deletedMany(nodes.length),
    meaning: only ? texts.node.deletedMeaning(canClose(only.state)) : texts.edits.deletedManyMeaning,
    onUndo,
  });
}
