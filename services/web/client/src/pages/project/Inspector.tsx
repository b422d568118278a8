/** About the selected node: how it is, why, and what may be done with it. */
import { ActionIcon } from "@mantine/core";
import { Link } from "react-router";
import { useSteps } from "../../api/nodes";
import { useUser } from "../../api/session";
import type { Node, Project, Service } from "../../api/types";
import { Ago } from "../../components/Ago";
import { Icon } from "../../components/Icon";
import { StateMark } from "../../components/StateMark";
import { statusLine } from "../../lib/nodeState";
import { useNow } from "../../lib/useNow";
import { texts } from "../../texts";
import { Containers } from "./Containers";
import { Failure } from "./Failure";
import css from "./Inspector.module.css";
import { Lease } from "./Lease";
import { NameField } from "./NameField";
import { NodeActions } from "./NodeActions";
import { Outputs } from "./Outputs";
import { Parameters } from "./Parameters";
import { useProjectActions } from "./ProjectActions";
import { ReapHistory } from "./ReapHistory";
import { StartSteps } from "./StartSteps";

const words = texts.node;

type Props = {
  project: Project;
  node: Node;
  serviceOf: (node: Node) => Service | undefined;
  onHide: () => void;
};

export function Inspector({ project, node, serviceOf, onHide }: Props) {
  const user = useUser();
  const { canEdit, edits } = useProjectActions();
  const service = serviceOf(node);
  const steps = useSteps(node.id);
  const now = useNow();
  return (
    <aside className={css.inspector} aria-label={words.inspector(node.name)}>
      <div className={css.head}>
        <NameField name={node.name} isFixed={!canEdit} onRename={(name) => edits.changeNode(node, { name }, texts.edits.rename)} />
        <ActionIcon aria-label={words.hideInspector} title={words.hideInspector} onClick={onHide}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <p className={css.state}>
        <StateMark state={node.state} />
        {node.state === "failed" ? words.states.failed : statusLine({ ...node, progress: null }, now)}
      </p>
      {node.state === "starting" && <StartSteps node={node} steps={steps} />}
      <Failure node={node} />
      <NodeActions node={node} service={service} />
      <fieldset className={css.fields} disabled={!canEdit}>
        {canEdit && <Lease node={node} />}
        <Parameters project={project} node={node} serviceOf={serviceOf} />
      </fieldset>
      <Outputs node={node} service={service} />
      <Containers node={node} />
      <ReapHistory node={node} />
      <section>
        <h2>{words.about}</h2>
        <dl>
          <dt>{words.service}</dt>
          <dd title={node.service_key}>{service?.name ?? node.service_key}</dd>
          <dt>{words.version}</dt>
          <dd>{node.service_version}</dd>
          <dt>{words.since}</dt>
          <dd>
            <Ago at={node.state_since} />
          </dd>
          <dt>{words.id}</dt>
          <dd className={css.mono}>{node.id}</dd>
          {node.run_id && user?.role === "admin" && (
            <>
              <dt>{words.run}</dt>
              <dd className={css.mono}>
                <Link to={`/runs/${node.run_id}`}>{node.run_id.slice(0, 8)}</Link>
              </dd>
            </>
          )}
        </dl>
      </section>
    </aside>
  );
}
