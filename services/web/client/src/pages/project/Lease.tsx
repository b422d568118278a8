/** How long a running node runs on, and the ways to keep it longer. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useKeepNode } from "../../api/nodes";
import type { Node } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { isKept, leaseLine } from "../../lib/lease";
import { useNow } from "../../lib/useNow";
import { texts } from "../../texts";
import css from "./Inspector.module.css";
import { KeepDialog } from "./KeepDialog";
import { KeepMenu } from "./KeepMenu";

const words = texts.lease;

export function Lease({ node }: { node: Node }) {
  const now = useNow();
  const keep = useKeepNode(node.project_id);
  const [isChoosing, choosing] = useDisclosure();
  const { lease } = node;
  if (!lease || (node.state !== "running" && node.state !== "starting")) return null;
  const isHeld = isKept(lease, now);
  const until = (moment: Date | null) =>
    keep.mutate({ id: node.id, until: moment?.toISOString() ?? null }, { onSuccess: choosing.close });
  return (
    <section>
      <h2>{words.title}</h2>
      <p data-testid="node-lease">{leaseLine(lease, now)}</p>
      <div className={css.keep}>
        <KeepMenu label={isHeld ? words.keepOther : words.keep} onKeep={until} onOther={choosing.open} />
        {isHeld && (
          <Button data-testid="node-keep-undo" variant="subtle" size="compact-sm" onClick={() => until(null)}>
            {words.undoKeep}
          </Button>
        )}
      </div>
      {!isChoosing && <ErrorNote error={keep.error} />}
      {isChoosing && <KeepDialog name={node.name} error={keep.error} isBusy={keep.isPending} onKeep={until} onClose={choosing.close} />}
    </section>
  );
}
