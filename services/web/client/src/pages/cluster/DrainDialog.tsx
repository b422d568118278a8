import { Button, Group, Modal } from "@mantine/core";
import type { Host } from "../../api/types";
import { texts } from "../../texts";
import css from "./Cluster.module.css";

const words = texts.cluster;

export function DrainDialog({ host, onDrain, onClose }: { host: Host; onDrain: () => void; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={words.drainTitle(host.name)}>
      <p>{words.drainText}</p>
      <p>{host.moves.length ? words.moves(host.moves.length) : words.movesNone}</p>
      <ul className={css.moves}>
        {host.moves.map((node) => (
          <li key={node.id}>
            {words.ofNode(node.name, node.project)} {node.owner && <span>{words.owner(node.owner)}</span>}
          </li>
        ))}
      </ul>
      {host.moves.length > 0 && <p>{words.movesMeaning}</p>}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {words.cancel}
        </Button>
        <Button color="red" variant="outline" onClick={onDrain}>
          {words.drain}
        </Button>
      </Group>
    </Modal>
  );
}
