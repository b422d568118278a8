/** A node's inputs as fields, made from what its service says about them. */
import type { Node, Project, Service } from "../../api/types";
import { portList } from "../../lib/ports";
import { texts } from "../../texts";
import { LinkField } from "./LinkField";
import { ParameterField } from "./ParameterField";
import css from "./Parameters.module.css";
import { useProjectActions } from "./ProjectActions";

type Props = { project: Project; node: Node; serviceOf: (node: Node) => Service | undefined };

export function Parameters({ project, node, serviceOf }: Props) {
  const { edits } = useProjectActions();
  const ports = portList(serviceOf(node)?.inputs ?? {});
  const values = node.inputs as Record<string, unknown>;
  if (!ports.length) return null;

  function save(key: string, value: unknown) {
    edits.changeNode(node, { some_inputs: { [key]: value ?? null } as never }, texts.edits.inputs);
  }

  return (
    <section data-testid="node-parameters">
      <h2>{texts.parameters.title}</h2>
      <div className={css.fields}>
        {ports.map((port) => {
          const isLinked = project.links.some((link) => link.target_node === node.id && link.target_port === port.key);
          return (
            <div key={port.key} className={css.parameter}>
              <ParameterField
                port={port}
                value={values[port.key]}
                isLinked={isLinked}
                onSave={(value) => save(port.key, value)}
              />
              <LinkField project={project} node={node} port={port} serviceOf={serviceOf} />
            </div>
          );
        })}
      </div>
    </section>
  );
}
