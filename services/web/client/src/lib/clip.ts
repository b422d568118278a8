/** Nodes with the links between them as text: what copying takes along and pasting brings. */
import type { Link, Node, NodeCreate, Position } from "../api/types";
import { CARD } from "./placement";

export type ClipLink = { source: number; source_port: string; target: number; target_port: string };
export type Clip = { nodes: (NodeCreate & { position: Position })[]; links: ClipLink[] };

const MARK = "werkbank-nodes";
const STEP = 32;

export function clipOf(nodes: Node[], links: Link[]): Clip {
  const at = new Map(nodes.map((node, index) => [node.id, index]));
  return {
    nodes: nodes.map(({ service_key, service_version, name, position, inputs }) => ({ service_key, service_version, name, position, inputs })),
    links: links.flatMap((link) => {
      const [source, target] = [at.get(link.source_node), at.get(link.target_node)];
      if (source === undefined || target === undefined) return [];
      return [{ source, source_port: link.source_port, target, target_port: link.target_port }];
    }),
  };
}

export const clipText = (clip: Clip) => JSON.stringify({ kind: MARK, ...clip });

/** The clip in a text, or null for any other text. */
export function readClip(text: string): Clip | null {
  try {
    const said = JSON.parse(text) as Partial<Clip> & { kind?: string };
    const isClip = said.kind === MARK && Array.isArray(said.nodes) && Array.isArray(said.links) && said.nodes.every(isNode);
    return isClip ? { nodes: said.nodes!, links: said.links! } : null;
  } catch {
    return null;
  }
}

function isNode(node: unknown): boolean {
  const { service_key, position } = (node ?? {}) as Partial<NodeCreate>;
  return typeof service_key === "string" && Number.isFinite(position?.x) && Number.isFinite(position?.y);
}

/** The clip moved so far aside that it covers no card, with names that nobody has yet. */
export function placedClip(clip: Clip, present: Node[]): Clip {
  const isTaken = (by: number) =>
    clip.nodes.some(({ position }) =>
      present.some((each) => Math.abs(each.position.x - position.x - by) < STEP / 2 && Math.abs(each.position.y - position.y - by) < STEP / 2),
    );
  let by = 0;
  while (isTaken(by)) by += STEP;
  const names = new Set(present.map((node) => node.name));
  const nodes = clip.nodes.map((node) => {
    const name = freeName(node.name ?? node.service_key, names);
    names.add(name);
    return { ...node, name, position: { x: node.position.x + by, y: node.position.y + by } };
  });
  return { ...clip, nodes };
}

/** The clip with its middle at `at`. */
export function centredClip(clip: Clip, at: Position): Clip {
  const xs = clip.nodes.map((node) => node.position.x);
  const ys = clip.nodes.map((node) => node.position.y);
  const dx = Math.round(at.x - (Math.min(...xs) + Math.max(...xs) + CARD.width) / 2);
  const dy = Math.round(at.y - (Math.min(...ys) + Math.max(...ys) + CARD.height) / 2);
  return { ...clip, nodes: clip.nodes.map((node) => ({ ...node, position: { x: node.position.x + dx, y: node.position.y + dy } })) };
}

export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/ \d+$/, "");
  let number = 2;
  while (taken.has(`${stem} ${number}`)) number += 1;
  return `${stem} ${number}`;
}
