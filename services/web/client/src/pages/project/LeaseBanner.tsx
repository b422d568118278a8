/** Warns before a node closes by itself, while somebody is there to keep it. */
import { Button } from "@mantine/core";
import { useKeepNode } from "../../api/nodes";
import type { Node } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { StateMark } from "../../components/StateMark";
import { endingNodes } from "../../lib/lease";
import { lengthOf } from "../../lib/time";
import { useNow } from "../../lib/useNow";
import { texts } from "../../texts";
import css from "./ConnectionBanner.module.css";

const HOUR = 3_600_000;

export function LeaseBanner({ nodes }: { nodes: Node[] }) {
  return (
    <div role="alert">
      {endingNodes(nodes).map((node) => (
        <Ending key={node.id} node={node} />
      ))}
    </div>
  );
}

function Ending({ node }: { node: Node }) {
  const now = useNow();
  const keep = useKeepNode(node.project_id);
  const left = Date.parse(node.lease?.expires_at ?? "") - now;
  const sentence = left > 0 ? texts.lease.ending(node.name, lengthOf(left)) : texts.lease.endingSoon(node.name);
  return (
    <div className={css.banner} data-testid="lease-warning">
      <StateMark state="stopping" />
      {/* The seconds tick for the eye; a screen reader hears the warning once. */}
      <span className="sr-only">{texts.lease.endingSoon(node.name)}</span>
      <span aria-hidden>{sentence}</span>
      <Button
        variant="default"
        size="compact-sm"
        loading={keep.isPending}
        onClick={() => keep.mutate({ id: node.id, until: new Date(Date.now() + HOUR).toISOString() })}
      >
        {texts.lease.keepHour}
      </Button>
      <ErrorNote error={keep.error} />
    </div>
  );
}
