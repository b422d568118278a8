/** The event stream of one project: what it says goes into the query cache. */
import { useEffect, useState } from "react";
import type { Person } from "../lib/people";
import { cache } from "./cache";
import { api, take } from "./client";
import { gather, type Gathering } from "./gather";
import { forgetHeard, noteHead, noteNode, noteRemoved } from "./heard";
import { forgetNode, hearNodes } from "./nodes";
import { patchProject, projectKey, savingKey } from "./projects";
import { sessionQuery } from "./sessionQuery";
import type { Node, Project } from "./types";

export type Connection = { isOpen: boolean; isLost: boolean; people: Person[]; graceSeconds: number | null };

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

/** Keeps the stream open, which tells the server that somebody is here. */
export function useProjectEvents(projectId: string, tab: string): Connection {
  const [connection, setConnection] = useState<Connection>({ isOpen: false, isLost: false, people: [], graceSeconds: null });

  useEffect(() => {
    let source: EventSource;
    const news = gather<Node>((nodes) => hearNodes(projectId, nodes));
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = FIRST_WAIT;
    const update = (part: Partial<Connection>) => setConnection((now) => ({ ...now, ...part }));

    function sayHere() {
      take(api.POST("/api/v0/projects/{project_id}/presence", { params: { path: { project_id: projectId } }, body: { tab } }))
        .then((presence) => update({ graceSeconds: presence.grace_seconds }))
        .catch(() => undefined); // The banner already says that the connection is lost.
    }

    function connect() {
      source = new EventSource(`/api/v0/projects/${encodeURIComponent(projectId)}/events?tab=${tab}`);
      source.onopen = () => {
        wait = FIRST_WAIT;
        // What happened before the stream was open, or while it was broken, was not told.
        void cache.invalidateQueries({ queryKey: projectKey(projectId) });
        update({ isOpen: true, isLost: false });
      };
      source.onerror = () => {
        update({ isOpen: false, isLost: true });
        forgetHeard(projectId);
        sayHere();
        if (source.readyState === EventSource.CLOSED) retry();
      };
      listen(source, projectId, news, (people) => update({ people }));
    }

    /** An answer other than a stream (a restarting server, a session that ended) makes the browser give up: we do not. */
    function retry() {
      // Perhaps the project was removed, or is not shared any more.
      void cache.invalidateQueries({ queryKey: projectKey(projectId) });
      void cache.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => undefined);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }

    /** A stream whose network is gone stays silent instead of failing: the browser knows first. */
    function lose() {
      clearTimeout(timer);
      source.close();
      forgetHeard(projectId);
      update({ isOpen: false, isLost: true });
    }

    function comeBack() {
      clearTimeout(timer);
      source.close();
      wait = FIRST_WAIT;
      connect();
    }

    sayHere();
    connect();
    window.addEventListener("offline", lose);
    window.addEventListener("online", comeBack);
    return () => {
      window.removeEventListener("offline", lose);
      window.removeEventListener("online", comeBack);
      clearTimeout(timer);
      source.close();
      news.stop();
      forgetHeard(projectId);
    };
  }, [projectId, tab]);

  return connection;
}

function listen(source: EventSource, projectId: string, news: Gathering<Node>, onHere: (people: Person[]) => void) {
  const on = <T>(name: string, act: (data: T) => void) =>
    source.addEventListener(name, (event) => act(JSON.parse((event as MessageEvent<string>).data) as T));
  on<Node>("node", (node) => {
    noteNode(projectId, node);
    news.add(node);
  });
  on<{ id: string }>("node_removed", ({ id }) => {
    news.drop((node) => node.id === id);
    noteRemoved(projectId, id);
    forgetNode(projectId, id);
  });
  on<Partial<Project>>("project", (change) => {
    noteHead(projectId, change);
    if (!cache.isMutating({ mutationKey: savingKey(projectId) })) {
      patchProject(projectId, (project) => ({ ...project, ...change, nodes: project.nodes }));
    }
  });
  on<{ people: Person[] }>("here", ({ people }) => onHere(people));
}
