/** A node's inputs or outputs, with what they hold. */
import type { Node, Project, Service } from "../../api/types";
import { portList } from "../../lib/ports";
import { texts } from "../../texts";
import css from "./Inspector.module.css";
import { LinkField } from "./LinkField";

type Side = "inputs" | "outputs";
type Props = { project: Project; node: Node; side: Side; serviceOf: (node: Node) => Service | undefined };

export function PortValues({ project, node, side, serviceOf }: Props) {
  const ports = portList(serviceOf(node)?.[side] ?? {});
  if (!ports.length) return null;
  return (
    <section>
      <h3>{texts.node[side]}</h3>
      <dl>
        {ports.map((port) => (
          <div key={port.key} title={port.description}>
            <dt>{port.label ?? port.key}</dt>
            <dd>
              {valueOf(node, side, port.key, port.defaultValue) ?? <span className={css.type}>{port.type}</span>}
              {side === "inputs" && <LinkField project={project} node={node} port={port} serviceOf={serviceOf} />}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function valueOf(node: Node, side: Side, port: string, preset: unknown): string | null {
  const value = (node[side] as Record<string, unknown>)[port] ?? (side === "inputs" ? preset : undefined);
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
