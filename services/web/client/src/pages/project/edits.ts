/** What people change on a canvas: done at once, remembered, and undone or done again by the history. */
import type { Link, Node, NodeChange, NodeCreate, Position } from "../../api/types";
import { reverseOf } from "../../lib/change";
import type { Clip } from "../../lib/clip";
import type { History } from "../../lib/history";
import { newId } from "../../lib/ids";
import { linkKey } from "../../lib/links";
import { texts } from "../../texts";

const words = texts.edits;
const inputOf = (link: Link) => `${link.target_node}\n${link.target_port}`;

/** The way to the server, and to what is waiting to be removed. */
export type Wire = {
  nodes: () => Node[];
  links: () => Link[];
  change: (id: string, change: NodeChange) => void;
  /** Some links go, some come; all others stay. */
  link: (gone: Link[], come: Link[]) => void;
  add: (node: NodeCreate) => Promise<Node>;
  /** `onUndo` is given when people are told and may take it back at once. */
  remove: (nodes: Node[], onUndo?: () => void) => void;
  /** False when the node is gone for good. */
  takeBack: (id: string) => boolean;
};

export type Move = { id: string; from: Position; to: Position };
export type Edits = ReturnType<typeof editsOf>;

export function editsOf(history: History, wire: Wire) {
  const idOf = (id: string) => history.idOf(id);
  const present = (link: Link): Link => ({ ...link, source_node: idOf(link.source_node), target_node: idOf(link.target_node) });
  const isHere = (id: string) => wire.nodes().some((node) => node.id === id);

  function relink(gone: Link[], come: Link[]) {
    const out = new Set(gone.map((link) => linkKey(present(link))));
    const going = wire.links().filter((link) => out.has(linkKey(link)));
    // An input that somebody has given another link meanwhile keeps that one.
    const taken = new Set(wire.links().filter((link) => !out.has(linkKey(link))).map(inputOf));
    const fresh = come.map(present).filter((link) => !taken.has(inputOf(link)) && isHere(link.source_node) && isHere(link.target_node));
    if (going.length || fresh.length) wire.link(going, fresh);
  }

  /** Brings nodes back: those that only wait for their removal as they are, the others as new nodes. */
  async function bringBack(nodes: Node[], links: Link[]) {
    const gone = nodes.filter((node) => !wire.takeBack(idOf(node.id)) && !isHere(idOf(node.id)));
    await Promise.all(gone.map(async (node) => history.rename(node.id, (await wire.add(creationOf(node))).id)));
    relink([], links);
  }

  const currentOf = (nodes: Node[]) => {
    const ids = new Set(nodes.map((node) => idOf(node.id)));
    return wire.nodes().filter((node) => ids.has(node.id));
  };

  function changeNode(node: Node, change: NodeChange, label: string) {
    const before = reverseOf(node, change);
    wire.change(node.id, change);
    history.push({ label, undo: () => wire.change(idOf(node.id), before), redo: () => wire.change(idOf(node.id), change) });
  }

  function moveNodes(moves: Move[], label: string = words.move) {
    const go = (way: "from" | "to") => moves.forEach((move) => isHere(idOf(move.id)) && wire.change(idOf(move.id), { position: move[way] }));
    go("to");
    history.push({ label, undo: () => go("from"), redo: () => go("to") });
  }

  function setLinks(after: Link[]) {
    const before = wire.links();
    const [had, has] = [new Set(before.map(linkKey)), new Set(after.map(linkKey))];
    const [gone, come] = [before.filter((link) => !has.has(linkKey(link))), after.filter((link) => !had.has(linkKey(link)))];
    if (!gone.length && !come.length) return;
    wire.link(gone, come);
    history.push({ label: words.link, undo: () => relink(come, gone), redo: () => relink(gone, come) });
  }

  async function addNodes(clip: Clip, label: string): Promise<Node[]> {
    const nodes = await Promise.all(clip.nodes.map(wire.add));
    const links = clip.links.map((link) => ({
      id: newId(), source_node: nodes[link.source]!.id, source_port: link.source_port,
      target_node: nodes[link.target]!.id, target_port: link.target_port,
    }));
    if (links.length) relink([], links);
    history.push({ label, undo: () => wire.remove(currentOf(nodes)), redo: () => void bringBack(currentOr(nodes), links) });
    return nodes;
  }
  const currentOr = (nodes: Node[]) => nodes.map((node) => currentOf([node])[0] ?? node);

  function removeNodes(nodes: Node[]) {
    if (!nodes.length) return;
    const ids = new Set(nodes.map((node) => node.id));
    const links = wire.links().filter((link) => ids.has(link.source_node) || ids.has(link.target_node));
    const act = {
      label: words.remove,
      undo: () => void bringBack(nodes, links),
      redo: () => wire.remove(currentOf(nodes)),
    };
    wire.remove(nodes, () => history.undo(act));
    history.push(act);
  }

  return { history, changeNode, moveNodes, setLinks, addNodes, removeNodes };
}

function creationOf({ service_key, service_version, name, position, inputs }: Node): NodeCreate {
  return { service_key, service_version, name, position, inputs };
}
