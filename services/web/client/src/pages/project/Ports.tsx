/** A card's ports, inputs at the left edge and outputs at the right one; their types on hover. */
import { Handle, Position } from "@xyflow/react";
import { memo } from "react";
import type { Port, Service } from "../../api/types";
import { portList } from "../../lib/ports";
import { texts } from "../../texts";
import css from "./Ports.module.css";

export const Ports = memo(function Ports({ service }: { service: Service }) {
  const inputs = portList(service.inputs);
  const outputs = portList(service.outputs);
  if (!inputs.length && !outputs.length) return null;
  return (
    <div className={css.ports}>
      <ul>
        {inputs.map((port) => (
          <PortDot key={port.key} id={port.key} port={port} side="input" />
        ))}
      </ul>
      <ul>
        {outputs.map((port) => (
          <PortDot key={port.key} id={port.key} port={port} side="output" />
        ))}
      </ul>
    </div>
  );
});

function PortDot({ id, port, side }: { id: string; port: Port; side: "input" | "output" }) {
  const label = port.label ?? id;
  const hint = texts.canvas[side](label, port.type);
  return (
    <li className={css[side]} title={port.description ? `${hint}\n${port.description}` : hint}>
      <Handle
        id={id}
        type={side === "input" ? "target" : "source"}
        position={side === "input" ? Position.Left : Position.Right}
        className={css.dot}
        role="img"
        aria-label={hint}
      />
      <span>{label}</span>
    </li>
  );
}
