/** A node's inputs or outputs, with what they hold or where it comes from. */
import type { Node, Project, Service } from "../../api/types";
import { portList } from "../../lib/ports";
import { texts } from "../../texts";
import css from "./Inspector.module.css";

type Side = "inputs" | "outputs";
type Props = { project: Project; node: Node; service: Service | undefined; side: Side };

export function PortValues({ project, node, service, side }: Props) {
  const ports = portList(service?.[side] ?? {});
  if (!ports.length) return null;
  return (
    <section>
      <h3>{texts.node[side]}</h3>
      <dl>
        {ports.map((port) => (
          <div key={port.key} title={port.description}>
            <dt>{port.label ?? port.key}</dt>
            <dd>{valueOf(project, node, side, port.key, port.defaultValue) ?? <span className={css.type}>{port.type}</span>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function valueOf(project: Project, node: Node, side: Side, port: string, preset: unknown): string | null {
  const link = project.links.find((each) => each.target_node === node.id && each.target_port === port);
  const source = side === "inputs" && project.nodes.find((each) => each.id === link?.source_node);
  if (source) return texts.node.linked(source.name);
  const value = (node[side] as Record<string, unknown>)[port] ?? (side === "inputs" ? preset : undefined);
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
