/** The links of a project: an input takes one, so a new one takes the old one's place. */
import type { Link, Node, Port, Service } from "../api/types";
import { texts } from "../texts";
import { canLink, portList, typeWords } from "./ports";

export type Source = { node: string; port: string };
export type Target = Source;

/** The links with `source` at `target`, or with nothing there. */
export function linkedTo(links: Link[], target: Target, source: Source | null, id: string): Link[] {
  const others = links.filter((link) => link.target_node !== target.node || link.target_port !== target.port);
  if (!source) return others;
  const link = { id, source_node: source.node, source_port: source.port, target_node: target.node, target_port: target.port };
  return [...others, link];
}

/** Why these two ports cannot be linked, or null when they can. */
export function linkProblem(source: Source, output: Port | undefined, target: Target, input: Port | undefined): string | null {
  if (source.node === target.node) return texts.linking.self;
  if (!output || !input) return texts.linking.noPort;
  if (canLink(output.type, input.type)) return null;
  const [from, to] = [output.label ?? source.port, input.label ?? target.port];
  return texts.linking.mismatch(from, typeWords(output.type), to, typeWords(input.type));
}

/** What makes a link the same link, whatever its id. */
export const linkKey = (link: Omit<Link, "id">) => [link.source_node, link.source_port, link.target_node, link.target_port].join("\n");

/** Every output of another node that fits an input of this type. */
export function sourcesFor(
  input: Port,
  target: Node,
  nodes: Node[],
  serviceOf: (node: Node) => Service | undefined,
): (Source & { label: string })[] {
  return nodes
    .filter((node) => node.id !== target.id)
    .flatMap((node) =>
      portList(serviceOf(node)?.outputs ?? {})
        .filter((output) => canLink(output.type, input.type))
        .map((output) => ({ node: node.id, port: output.key, label: `${node.name}: ${output.label ?? output.key}` })),
    );
}
