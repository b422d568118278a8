/** The edits of one open project, and the history they go into. */
import { useMemo } from "react";
import { cache } from "../../api/cache";
import { deleteNode, useAddNode, useChangeNode } from "../../api/nodes";
import { projectKey, useChangeProject } from "../../api/projects";
import type { Node, Project } from "../../api/types";
import { removeWithUndo } from "../../components/undoNotice";
import { History } from "../../lib/history";
import { canClose } from "../../lib/nodeState";
import { removeLater, undoRemoval } from "../../lib/undo";
import { texts } from "../../texts";
import { editsOf, type Edits } from "./edits";

export function useEdits(projectId: string): Edits {
  const { mutate: change } = useChangeNode(projectId);
  const { mutate: changeProject } = useChangeProject(projectId);
  const { mutateAsync: add } = useAddNode(projectId);
  return useMemo(() => {
    const project = () => cache.getQueryData<Project>(projectKey(projectId));
    return editsOf(new History(), {
      nodes: () => project()?.nodes ?? [],
      links: () => project()?.links ?? [],
      change: (id, part) => change({ id, change: part }),
      link: (links) => changeProject({ links }),
      add,
      remove: (nodes, onUndo) => (onUndo ? removeAloud(nodes, onUndo) : nodes.forEach(removeQuietly)),
      takeBack: undoRemoval,
    });
  }, [projectId, change, changeProject, add]);
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
