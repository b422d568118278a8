/** About several selected nodes: what may be done with all of them at once. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useStartNode, useStopNode } from "../../api/nodes";
import type { Project } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import { aligned, WAYS, type Way } from "../../lib/align";
import { canClose, canStart } from "../../lib/nodeState";
import { CARD } from "../../lib/placement";
import { texts } from "../../texts";
import { AlignIcon } from "./AlignIcon";
import css from "./Inspector.module.css";
import { useProjectActions } from "./ProjectActions";
import type { CardNode } from "./useFlowNodes";

const words = texts.edits;

type Props = { project: Project; cards: CardNode[]; onDuplicate: () => void; onClear: () => void };

export function Selection({ project, cards, onDuplicate, onClear }: Props) {
  const { edits } = useProjectActions();
  const start = useStartNode(project.id);
  const stop = useStopNode(project.id);
  const nodes = cards.map((card) => card.data.node);
  const startable = nodes.filter((node) => canStart(node.state));
  const closable = nodes.filter((node) => canClose(node.state));

  function align(way: Way) {
    const boxes = cards.map((card) => ({
      id: card.id, ...card.position, width: card.measured?.width ?? CARD.width, height: card.measured?.height ?? CARD.height,
    }));
    const from = new Map(nodes.map((node) => [node.id, node.position]));
    edits.moveNodes(aligned(boxes, way).map(({ id, x, y }) => ({ id, from: from.get(id)!, to: { x, y } })), words.align);
  }

  return (
    <aside className={css.inspector} aria-label={words.selected(cards.length)} data-testid="selection">
      <div className={css.head}>
        <h2 className={css.title}>{words.selected(cards.length)}</h2>
        <ActionIcon aria-label={words.clear} title={words.clear} onClick={onClear}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <p className={css.state}>{words.selectedHint}</p>
      <div className={css.actions}>
        <Button onClick={onDuplicate}>{words.duplicateAll}</Button>
        {startable.length > 0 && (
          <Button variant="default" onClick={() => startable.forEach((node) => start.mutate(node.id))}>
            {words.startAll}
          </Button>
        )}
        {closable.length > 0 && (
          <Button variant="default" title={texts.node.closeKeeps} onClick={() => closable.forEach((node) => stop.mutate(node.id))}>
            {words.closeAll}
          </Button>
        )}
        <ActionIcon className={css.delete} size={30} aria-label={words.deleteAll} title={words.deleteAll} onClick={() => edits.removeNodes(nodes)}>
          <Icon name="trash" />
        </ActionIcon>
      </div>
      <ErrorNote error={start.error ?? stop.error} />
      <section>
        <h2>{words.alignTitle}</h2>
        <div className={css.ways}>
          {WAYS.map((way) => (
            <Tooltip key={way} label={words.ways[way]}>
              <ActionIcon variant="default" size={32} aria-label={words.ways[way]} onClick={() => align(way)}>
                <AlignIcon way={way} />
              </ActionIcon>
            </Tooltip>
          ))}
        </div>
      </section>
    </aside>
  );
}
