/** A node's own page in a tab; while there is no page, what happens instead. */
import { Button } from "@mantine/core";
import { useStartNode, useSteps, useStopNode } from "../../api/nodes";
import type { Node } from "../../api/types";
import { ErrorNote } from "../../components/ErrorNote";
import { StateMark } from "../../components/StateMark";
import { texts } from "../../texts";
import { Failure } from "./Failure";
import css from "./NodePage.module.css";
import { StartSteps } from "./StartSteps";

const words = texts.node.page;

type Props = { node: Node; isShown: boolean; onBack: () => void };

export function NodePage({ node, isShown, onBack }: Props) {
  if (node.state === "running" && node.url) {
    return (
      <iframe
        key={node.url}
        className={css.frame}
        title={node.name}
        src={node.url}
        allow="clipboard-read; clipboard-write; fullscreen"
        data-testid="node-frame"
        data-node-id={node.id}
      />
    );
  }
  if (!isShown) return null;
  if (node.state === "starting" || node.state === "running") return <Starting node={node} onBack={onBack} />;
  return <NoPage node={node} onBack={onBack} />;
}

function Starting({ node, onBack }: Omit<Props, "isShown">) {
  const stop = useStopNode(node.project_id);
  return (
    <section className={css.panel}>
      <h2>
        <StateMark state="starting" /> {words.startingTitle(node.name)}
      </h2>
      <p>{words.startingHint}</p>
      <StartSteps node={node} steps={useSteps(node.id)} />
      <ErrorNote error={stop.error} />
      <div className={css.actions}>
        <Button variant="default" onClick={onBack}>
          {words.backToCanvas}
        </Button>
      </div>
    </section>
  );
}

const said = {
  created: { title: words.createdTitle, text: words.createdText },
  stopped: { title: words.stoppedTitle, text: words.stoppedText },
  failed: { title: words.failedTitle, text: words.failedText },
};

function NoPage({ node, onBack }: Omit<Props, "isShown">) {
  const start = useStartNode(node.project_id);
  const isStopping = node.state === "stopping";
  const { title, text } =
    node.state in said
      ? said[node.state as keyof typeof said]
      : { title: words.stoppingTitle(node.name), text: words.stoppingText };
  return (
    <section className={css.panel} role="status">
      <h2>
        <StateMark state={node.state} /> {title}
      </h2>
      <Failure node={node} otherwise={text} />
      <ErrorNote error={start.error} />
      <div className={css.actions}>
        {!isStopping && (
          <Button data-testid="node-start" onClick={() => start.mutate(node.id)}>
            {node.state === "created" ? texts.node.start : texts.node.startAgain}
          </Button>
        )}
        <Button variant="default" onClick={onBack}>
          {words.backToCanvas}
        </Button>
      </div>
    </section>
  );
}
