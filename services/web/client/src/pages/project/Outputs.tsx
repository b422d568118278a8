/** A node's outputs, with what they hold. */
import type { Node, Service } from "../../api/types";
import { portList, typeWords } from "../../lib/ports";
import { texts } from "../../texts";
import css from "./Inspector.module.css";

export function Outputs({ node, service }: { node: Node; service: Service | undefined }) {
  const ports = portList(service?.outputs ?? {});
  if (!ports.length) return null;
  return (
    <section>
      <h2>{texts.node.outputs}</h2>
      <dl>
        {ports.map((port) => (
          <div key={port.key} title={port.description}>
            <dt>{port.label ?? port.key}</dt>
            <dd>{valueOf(node, port.key) ?? <span className={css.type}>{typeWords(port.type)}</span>}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function valueOf(node: Node, port: string): string | null {
  const value = (node.outputs as Record<string, unknown>)[port];
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
