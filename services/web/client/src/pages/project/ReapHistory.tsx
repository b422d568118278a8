/** The times that a node was closed by itself, each with why. */
import { useProjectReaps } from "../../api/reaps";
import type { Node } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Evidence } from "../../components/Evidence";
import { texts } from "../../texts";
import css from "./ReapHistory.module.css";

const SHOWN = 5;

export function ReapHistory({ node }: { node: Node }) {
  const reaps = useProjectReaps(node.project_id, node.state === "stopped" ? node.state_since : "");
  const mine = reaps.data?.filter((each) => each.node_id === node.id).slice(0, SHOWN);
  if (!mine?.length) return null;
  return (
    <section>
      <h2>{texts.node.reaps}</h2>
      <ol className={css.reaps} data-testid="node-reaps">
        {mine.map((reap) => (
          <li key={reap.id}>
            {reap.sentence} <span className={css.when}><Ago at={reap.at} /></span>
            <Evidence of={reap.evidence} />
          </li>
        ))}
      </ol>
    </section>
  );
}
