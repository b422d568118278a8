/** What may be done with a node in its present state; one of it is the primary act. */
import { ActionIcon, Button } from "@mantine/core";
import { useStartNode, useStopNode } from "../../api/nodes";
import type { Node, Service } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { Icon } from "../../components/Icon";
import { canClose, canOpen, canStart } from "../../lib/nodeState";
import { invalidInputs } from "../../lib/parameters";
import { texts } from "../../texts";
import css from "./Inspector.module.css";
import { useProjectActions } from "./ProjectActions";

const words = texts.node;

type Props = { node: Node; service: Service | undefined };

export function NodeActions({ node, service }: Props) {
  const { canEdit, open, showLog, showFiles, edits } = useProjectActions();
  const start = useStartNode(node.project_id);
  const stop = useStopNode(node.project_id);
  const invalid = invalidInputs(service?.inputs ?? {}, node);
  const files = (
    <Button data-testid="node-files" variant="default" onClick={() => showFiles(node.id)}>
      {texts.files.button}
    </Button>
  );
  if (!canEdit) {
    return (
      <div className={css.actions}>
        {files}
        <Button data-testid="node-log" variant="default" onClick={() => showLog(node.id)}>
          {words.log}
        </Button>
      </div>
    );
  }
  return (
    <>
      <div className={css.actions}>
        {canOpen(node.state) && (
          <Button data-testid="node-open" variant={node.state === "running" ? "filled" : "default"} onClick={() => open(node.id)}>
            {node.state === "running" ? words.open : words.watch}
          </Button>
        )}
        {canStart(node.state) && (
          <Button data-testid="node-start" disabled={invalid.length > 0} onClick={() => start.mutate(node.id)}>
            {node.state === "created" ? words.start : words.startAgain}
          </Button>
        )}
        {canClose(node.state) && (
          <Button data-testid="node-close" variant="default" title={words.closeKeeps} onClick={() => stop.mutate(node.id)}>
            {words.close}
          </Button>
        )}
        {files}
        {node.state !== "failed" && node.state !== "created" && (
          <Button data-testid="node-log" variant="default" onClick={() => showLog(node.id)}>
            {words.log}
          </Button>
        )}
        <ActionIcon
          className={css.delete}
          size={30}
          data-testid="node-delete"
          aria-label={words.delete}
          title={words.delete}
          onClick={() => edits.removeNodes([node])}
        >
          <Icon name="trash" />
        </ActionIcon>
      </div>
      {canStart(node.state) && invalid.length > 0 && <p>{texts.parameters.attention(invalid)}</p>}
      <ErrorNote error={start.error ?? stop.error} />
    </>
  );
}
