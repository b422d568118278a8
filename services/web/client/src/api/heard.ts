/**
 * What the event stream last said of each project. It tells every difference once, so what is passed over while this
 * browser is saving would never come again: it is kept here, and counts once nothing is on its way any more.
 */
import { cache } from "./cache";
import { patchProject } from "./projects";
import type { Node, Project } from "./types";

type Head = Partial<Omit<Project, "nodes">>;
type Heard = { nodes: Map<string, Node>; head: Head | null; timer?: ReturnType<typeof setTimeout> };

const heard = new Map<string, Heard>();
/** Time (ms) in which the stream has told what was just saved. */
const SETTLE = 1_000;

function of(projectId: string): Heard {
  const known = heard.get(projectId) ?? { nodes: new Map(), head: null };
  heard.set(projectId, known);
  return known;
}

export function noteNode(projectId: string, node: Node): void {
  of(projectId).nodes.set(node.id, node);
}

export function noteRemoved(projectId: string, nodeId: string): void {
  of(projectId).nodes.delete(nodeId);
}

export function noteHead(projectId: string, head: Head): void {
  of(projectId).head = head;
}

/** The stream is broken: what it said may be old by now. A new one begins with everything as it is. */
export function forgetHeard(projectId: string): void {
  clearTimeout(of(projectId).timer);
  heard.delete(projectId);
}

/** Once nothing is being saved, what the stream said is what there is. */
export function settle(projectId: string): void {
  const known = of(projectId);
  clearTimeout(known.timer);
  known.timer = setTimeout(() => {
    if (cache.isMutating() > 0) return settle(projectId);
    patchProject(projectId, (project) => settled(project, known));
  }, SETTLE);
}

/** The project as the stream says; as it was while the stream has not told everything yet. */
export function settled(project: Project, { nodes, head }: { nodes: ReadonlyMap<string, Node>; head: Head | null }): Project {
  if (!head) return project;
  const known = new Set(project.nodes.map((node) => node.id));
  const fresh = [...nodes.values()].filter((node) => !known.has(node.id));
  // A node that is as the stream says stays the same object, so that its card is not drawn anew.
  const kept = project.nodes.flatMap((node) => {
    const said = nodes.get(node.id);
    return said ? [JSON.stringify(said) === JSON.stringify(node) ? node : said] : [];
  });
  const isSame = !fresh.length && kept.length === project.nodes.length && kept.every((node, at) => node === project.nodes[at]);
  return { ...project, ...head, nodes: isSame ? project.nodes : [...kept, ...fresh] };
}
