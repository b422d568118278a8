/** Why a node is as it is: what happened, what to do next, and behind that what the machine said. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useUser } from "../../api/session";
import type { Node } from "../../api/types";
import { Details } from "../../components/Details";
import { texts } from "../../texts";
import css from "./Failure.module.css";
import { useProjectActions } from "./ProjectActions";

const words = texts.node;

export function Failure({ node, otherwise }: { node: Node; otherwise?: string }) {
  const user = useUser();
  const { showLog } = useProjectActions();
  const isFailed = node.state === "failed";
  const sentence = node.reason ?? otherwise;
  if (!sentence && !node.details) return null;
  return (
    <div className={css.why} data-failed={isFailed || undefined}>
      {sentence && <p data-testid="node-reason">{sentence}</p>}
      {isFailed && node.remedy && (
        <p data-testid="node-remedy">
          <strong>{words.whatToDo}</strong> {node.remedy}
        </p>
      )}
      {node.details && <Details text={node.details} />}
      {isFailed && (
        <div className={css.acts}>
          <Button data-testid="node-log" variant="default" size="compact-sm" onClick={() => showLog(node.id)}>
            {words.showLog}
          </Button>
          {node.run_id && user?.role === "admin" && <Link to={`/runs/${node.run_id}`}>{words.seeRun}</Link>}
        </div>
      )}
    </div>
  );
}
