/** Nodes of one project. */
import { skipToken, useMutation, useQuery } from "@tanstack/react-query";
import { changedNode, reverseOf } from "../lib/change";
import { addStep, type Step } from "../lib/steps";
import { cache } from "./cache";
import { api, done, take } from "./client";
import { settle } from "./heard";
import { patchProject, projectKey, savingKey } from "./projects";
import type { Node, NodeChange, NodeCreate, Project } from "./types";

export const addingKey = (projectId: string) => ["saving", projectId, "adding"] as const;
const NO_STEPS: Step[] = [];
const stepsKey = (nodeId: string) => ["steps", nodeId] as const;

/** Puts what the server says about a node into the cached project. */
export function storeNode(projectId: string, node: Node): void {
  storeNodes(projectId, [node]);
}

/** The same for several pieces of news, in their order: the last one about a node counts. */
function storeNodes(projectId: string, news: Node[]): void {
  for (const node of news.filter((each) => each.state === "starting")) {
    cache.setQueryData<Step[]>(stepsKey(node.id), (steps) => addStep(steps ?? [], node, Date.now()));
  }
  const fresh = new Map(news.map((node) => [node.id, node]));
  patchProject(projectId, (project) => {
    const known = new Set(project.nodes.map((node) => node.id));
    const added = [...fresh.values()].filter((node) => !known.has(node.id));
    return { ...project, nodes: [...project.nodes.map((node) => fresh.get(node.id) ?? node), ...added] };
  });
}

type Saving = { id: string; change: NodeChange };

/** Like `storeNode`, for news that may be older than what this browser is just saving: that, and only that, stays. */
export function hearNodes(projectId: string, news: Node[]): void {
  const saving = cache
    .getMutationCache()
    .findAll({ mutationKey: savingKey(projectId), status: "pending" })
    .map((each) => each.state.variables as Saving | undefined);
  storeNodes(projectId, news.map((node) => saving.reduce((now, each) => (each?.id === node.id && each.change ? changedNode(now, each.change) : now), node)));
}

/** Forgets a node and the links that ended at it. */
export function forgetNode(projectId: string, nodeId: string): void {
  patchProject(projectId, (project) => ({
    ...project,
    nodes: project.nodes.filter((each) => each.id !== nodeId),
    links: project.links.filter((each) => each.source_node !== nodeId && each.target_node !== nodeId),
  }));
}

/** The steps seen so far of a node's present start. */
export function useSteps(nodeId: string): Step[] {
  return useQuery<Step[]>({ queryKey: stepsKey(nodeId), queryFn: skipToken, gcTime: Infinity }).data ?? NO_STEPS;
}

export function useAddNode(project_id: string) {
  return useMutation({
    mutationKey: addingKey(project_id),
    mutationFn: (body: NodeCreate) =>
      take(api.POST("/api/v0/projects/{project_id}/nodes", { params: { path: { project_id } }, body })),
    onSuccess: (node) => storeNode(project_id, node),
    onSettled: () => settle(project_id),
  });
}

/** Changes name, position or inputs; shown at once, taken back when the server refuses. */
export function useChangeNode(project_id: string) {
  return useMutation({
    mutationKey: savingKey(project_id),
    scope: { id: `project-${project_id}` },
    mutationFn: ({ id, change }: { id: string; change: NodeChange }) =>
      take(
        api.PATCH("/api/v0/projects/{project_id}/nodes/{node_id}", {
          params: { path: { project_id, node_id: id } },
          body: change,
        }),
      ),
    onMutate: ({ id, change }) => {
      const before = findNode(project_id, id);
      if (before) storeNode(project_id, changedNode(before, change));
      return before;
    },
    onSuccess: (node) => {
      // While a later change is on its way, this answer is already old.
      if (cache.isMutating({ mutationKey: savingKey(project_id) }) <= 1) storeNode(project_id, node);
    },
    onError: (_error, { change }, before) => {
      const now = before && findNode(project_id, before.id);
      if (!before || !now) return;
      storeNode(project_id, changedNode(now, reverseOf(before, change)));
    },
    onSettled: () => settle(project_id),
  });
}

export function useStartNode(projectId: string) {
  return useTurn(projectId, "start", "starting");
}

export function useStopNode(projectId: string) {
  return useTurn(projectId, "stop", "stopping");
}

function useTurn(project_id: string, way: "start" | "stop", shown: Node["state"]) {
  return useMutation({
    mutationFn: (node_id: string) =>
      take(
        api.POST(`/api/v0/projects/{project_id}/nodes/{node_id}/${way}`, { params: { path: { project_id, node_id } } }),
      ),
    onMutate: (id) => {
      const before = findNode(project_id, id);
      if (before) {
        storeNode(project_id, { ...before, ...cleared, state: shown, state_since: new Date().toISOString() });
      }
      return before;
    },
    onSuccess: (node) => storeNode(project_id, node),
    onError: (_error, _id, before) => before && storeNode(project_id, before),
  });
}

/** Keeps a node running until a moment, whatever its lease says; null gives it back to its lease. */
export function useKeepNode(project_id: string) {
  return useMutation({
    mutationFn: ({ id, until }: { id: string; until: string | null }) =>
      take(
        api.POST("/api/v0/projects/{project_id}/nodes/{node_id}/keep", {
          params: { path: { project_id, node_id: id } },
          body: { until },
        }),
      ),
    onSuccess: (node) => storeNode(project_id, node),
  });
}

/** The last lines of a node's containers; asked for again and again while there is something to hear. */
export function useNodeLogs(node: Node, tail: number) {
  const path = { project_id: node.project_id, node_id: node.id };
  const isLive = ["starting", "running", "stopping"].includes(node.state);
  return useQuery({
    queryKey: ["logs", node.id, tail],
    queryFn: () =>
      take(api.GET("/api/v0/projects/{project_id}/nodes/{node_id}/logs", { params: { path, query: { tail } } })),
    refetchInterval: isLive ? 2_000 : 15_000,
    placeholderData: (before, query) => (query?.queryKey[1] === node.id ? before : undefined),
  });
}

const cleared = { reason: null, cause: null, remedy: null, details: null, progress: null, url: null };

/** Deletes for good; used after the time for undoing has passed. */
export async function deleteNode(project_id: string, node_id: string): Promise<void> {
  await done(
    api.DELETE("/api/v0/projects/{project_id}/nodes/{node_id}", {
      params: { path: { project_id, node_id } },
      keepalive: true,
    }),
  );
  forgetNode(project_id, node_id);
}

function findNode(projectId: string, id: string): Node | undefined {
  return cache.getQueryData<Project>(projectKey(projectId))?.nodes.find((each) => each.id === id);
}
