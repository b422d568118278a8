/** A stand-in for the server, to look at every page without one: `npm run look`. Never part of the build. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import type { Node } from "../src/api/types";
import { changedNode } from "../src/lib/change";
import * as data from "./fakeData";
import * as platform from "./fakePlatform";

type Call = { path: string; query: URLSearchParams; body: Record<string, unknown>; answer: ServerResponse };
type Route = [method: string, path: RegExp, act: (call: Call, ...ids: string[]) => unknown];

const streams = new Set<ServerResponse>();
const session = { csrf_token: "t", user: { id: "u1", name: "Ada Lovelace", email: "admin@werkbank.example", role: "admin" } };

function say(event: string, value: unknown, to: Iterable<ServerResponse> = streams) {
  for (const stream of to) stream.write(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`);
}

function head() {
  const { nodes: _nodes, ...said } = data.project;
  return said;
}

function change(id: string, part: Partial<Node>): Node {
  const node = data.project.nodes.find((each) => each.id === id)!;
  Object.assign(node, part);
  say("node", node);
  return node;
}

function start(id: string): Node {
  ["preparing the network", "pulling image 62 %", "waiting for the page"].forEach((step, at) =>
    setTimeout(() => change(id, { progress: { step, steps_done: at, steps_total: 3 } }), 400 + at * 900),
  );
  setTimeout(() => change(id, { state: "running", progress: null, url: `/x/${id}/`, state_since: new Date().toISOString() }), 3_200);
  return change(id, { state: "starting", reason: null, remedy: null, details: null, url: null, state_since: new Date().toISOString() });
}

function stream({ answer }: Call) {
  answer.writeHead(200, { "Content-Type": "text/event-stream" });
  answer.flushHeaders();
  return answer;
}

function followRun(call: Call, id: string) {
  const after = Number(call.query.get("after") ?? 0);
  const isLive = data.runs.some((each) => each.id === id && each.state === "running");
  if (!call.query.has("stream")) return data.runEvents(id, isLive ? 5 : undefined).filter((each) => each.seq > after);
  const out = stream(call);
  const events = data.runEvents(id).filter((each) => each.seq > after);
  const timer = setInterval(() => {
    const event = events.shift();
    if (event) return void out.write(`id: ${event.seq}\nevent: run_event\ndata: ${JSON.stringify(event)}\n\n`);
    clearInterval(timer);
    Object.assign(data.runs.find((each) => each.id === id)!, { state: "succeeded", finished_at: new Date().toISOString() });
    say("run", data.runs.find((each) => each.id === id), [out]);
  }, 700);
  call.answer.on("close", () => clearInterval(timer));
  return undefined;
}

let added = 0;
function addNode({ body }: Call) {
  const of = data.services.find((each) => each.key === body.service_key)!;
  const place = body.position as Node["position"];
  const node = data.node(`a${(added += 1)}`, of.name, place.x, place.y, { ...(body as Partial<Node>), state: "created", url: null });
  data.project.nodes.push(node);
  return start(node.id);
}

const nodePath = "/projects/(\\w+)/nodes/(\\w+)";
const routes: Route[] = [
  ["GET", /^\/auth\/me$/, () => session],
  ["POST", /^\/auth\/login$/, () => session],
  ["GET", /^\/auth\/sessions$/, () => [{ id: "s", ip: "10.0.0.7", current: true, created_at: data.ago(9e4), last_seen_at: data.ago(5), user_agent: "Mozilla/5.0 (X11; Linux) Chrome/140" }]],
  ["GET", /^\/tokens$/, () => []],
  ["PATCH", /^\/auth\/me$/, ({ body }) => Object.assign(session, { user: { ...session.user, ...body } })],
  ["POST", /^\/auth\/password$/, () => null],
  ["POST", /^\/auth\/invitation$/, ({ body }) => (body.token === "old" ? undefined : { email: "eve@werkbank.example", name: "Eve", purpose: body.token === "reset" ? "reset" : "join", expires_at: data.ago(-6e5) })],
  ["POST", /^\/auth\/invitation\/accept$/, () => session],
  ["GET", /^\/registry$/, ({ query }) => data.registry(Number(query.get("keep")))],
  ["POST", /^\/registry\/prune$/, () => ({ run_id: "r1" })],
  ["GET", /^\/users$/, () => data.users],
  ["POST", /^\/users$/, () => ({ user: data.users[2], password: "mF3-kQ9x_TtB2wLr" })],
  ["POST", /^\/users\/invitations$/, () => data.link("join")],
  ["GET", /^\/users\/(\w+)$/, (_call, id) => data.users.find((each) => each.id === id)],
  ["PATCH", /^\/users\/(\w+)$/, ({ body }, id) => {
    const closed_at = body.is_closed ? data.ago(0) : null;
    const of = data.users.find((each) => each.id === id)!;
    return Object.assign(of, body, "is_closed" in body ? { closed_at, state: closed_at ? "closed" : "active" } : {});
  }],
  ["POST", /^\/users\/(\w+)\/invitation$/, () => data.link("reset")],
  ["DELETE", /^\/users\/(\w+)\/invitation$/, () => null],
  ["GET", /^\/users\/(\w+)\/sessions$/, () => [1, 2].map((each) => ({ id: `s${each}`, ip: `10.0.0.${each}`, current: false, created_at: data.ago(9e4), last_seen_at: data.ago(each * 400), user_agent: each === 1 ? "Mozilla/5.0 (X11; Linux) Firefox/140" : "Mozilla/5.0 (iPhone) Safari/18" }))],
  ["GET", /^\/users\/(\w+)\/tokens$/, () => [{ id: "t1", name: "nightly sweep", created_at: data.ago(9e5), last_used_at: data.ago(3e4) }]],
  ["GET", /^\/services$/, () => data.services],
  ["GET", /^\/services\/sources$/, () => ({ folders: ["dy-jupyter"], protocols: ["https"] })],
  ["GET", /^\/services\/broken$/, () => data.brokenServices],
  ["GET", /^\/reaps$/, ({ query }) => (query.has("before") ? [] : data.reaps)],
  ["GET", /^\/projects\/\w+\/reaps$/, () => data.reaps.filter((each) => each.project_id === "p1")],
  ["GET", /^\/events$/, ({ query }) => {
    const before = Number(query.get("before") ?? Infinity);
    return data.entries.filter((each) => each.id < before && each.action.includes(query.get("action") ?? "") && each.actor.includes(query.get("actor") ?? "")).slice(0, Number(query.get("limit") ?? 50));
  }],
  ["GET", /^\/hosts$/, () => platform.hosts],
  ["GET", /^\/hosts\/images$/, () => platform.hostImages],
  ["POST", /^\/hosts\/([\w-]+)\/availability$/, ({ body }, id) => platform.ask("host", { host: id, ...body })],
  ["GET", /^\/parts$/, () => platform.parts],
  ["GET", /^\/deployments$/, () => platform.deployments],
  ["GET", /^\/jobs$/, () => platform.jobs],
  ["POST", /^\/jobs$/, ({ body }) => platform.ask(String(body.kind), body.inputs as Record<string, unknown>)],
  ["GET", /^\/jobs\/(\w+)$/, (_call, id) => platform.jobs.find((each) => each.id === id)],
  ["GET", /^\/runs$/, ({ query }) => {
    const from = data.runs.findIndex((each) => each.id === query.get("before")) + 1;
    return data.runs.slice(from).filter((each) => !query.get("state") || each.state === query.get("state")).slice(0, Number(query.get("limit") ?? 50));
  }],
  ["GET", /^\/runs\/(\w+)$/, (_call, id) => data.runs.find((each) => each.id === id)],
  ["GET", /^\/runs\/(\w+)\/events$/, (call, id) => followRun(call, id!)],
  ["POST", /^\/runs\/(\w+)\/cancel$/, (_call, id) => Object.assign(data.runs.find((each) => each.id === id)!, { cancel_asked_at: new Date().toISOString() })],
  ["GET", /^\/projects$/, ({ query }) => data.listed(query.get("place") ?? "projects")],
  ["POST", /^\/projects$/, () => data.project],
  ["GET", /^\/projects\/many$/, () => data.many],
  ["GET", /^\/projects\/many\/events$/, (call) => {
    const out = stream(call);
    const timer = setInterval(() => data.many.nodes.forEach((node) => say("node", { ...node, state_since: new Date().toISOString() }, [out])), 3_000);
    call.answer.on("close", () => clearInterval(timer));
    return undefined;
  }],
  ["GET", /^\/projects\/(\w+)$/, () => data.project],
  ["PATCH", /^\/projects\/(\w+)$/, ({ body }) => Object.assign(data.project, body)],
  ["GET", /^\/projects\/(\w+)\/shares$/, () => data.shares],
  ["POST", /^\/projects\/(\w+)\/shares$/, ({ body }) => {
    const share = { user_id: `u${body.email}`, name: String(body.email).split("@")[0]!, created_at: data.ago(0), ...body } as (typeof data.shares)[number];
    data.shares.push(share);
    return share;
  }],
  ["DELETE", /^\/projects\/(\w+)\/shares\/(.+)$/, (_call, _p, id) => {
    data.shares.splice(data.shares.findIndex((each) => each.user_id === id), 1);
    return null;
  }],
  ["POST", /^\/projects\/(\w+)\/(duplicate|restore)$/, () => data.project],
  ["POST", /^\/projects\/(\w+)\/links$/, ({ body }) => {
    const link = { ...(body as Omit<(typeof data.project.links)[number], "id">), id: `l${Date.now()}` };
    const others = data.project.links.filter((each) => each.target_node !== link.target_node || each.target_port !== link.target_port);
    data.project.links = [...others, link];
    say("project", head());
    return link;
  }],
  ["DELETE", /^\/projects\/(\w+)\/links\/(\w+)$/, (_call, _p, id) => {
    data.project.links = data.project.links.filter((each) => each.id !== id);
    say("project", head());
    return null;
  }],
  ["GET", /^\/projects\/(\w+)\/events$/, (call) => {
    const out = stream(call);
    streams.add(out);
    call.answer.on("close", () => streams.delete(out));
    data.project.nodes.forEach((node) => say("node", node, [out]));
    say("project", head(), [out]);
    const people = [{ id: "u1", name: "Ada Lovelace", tabs: 1 }, { id: "u2", name: "Bob Jones", tabs: 2 }];
    say("here", { tabs: 3, people }, [out]);
    return undefined;
  }],
  ["POST", /^\/projects\/(\w+)\/presence$/, () => ({ grace_seconds: 120 })],
  ["POST", /^\/projects\/(\w+)\/nodes$/, addNode],
  ["PATCH", new RegExp(`^${nodePath}$`), ({ body }, _p, id) => change(id!, changedNode(data.project.nodes.find((each) => each.id === id)!, body))],
  ["DELETE", new RegExp(`^${nodePath}$`), (_call, _p, id) => {
    data.project.nodes = data.project.nodes.filter((each) => each.id !== id);
    return null;
  }],
  ["POST", new RegExp(`^${nodePath}/start$`), (_call, _p, id) => start(id!)],
  ["POST", new RegExp(`^${nodePath}/stop$`), (_call, _p, id) => change(id!, { state: "stopped", reason: "You closed it.", url: null, state_since: new Date().toISOString() })],
  ["POST", new RegExp(`^${nodePath}/keep$`), ({ body }, _p, id) => change(id!, { lease: { grace_seconds: 120, expires_at: null, held_by: "tab", keep_until: body.until as string | null, is_ending: false } })],
  ["GET", new RegExp(`^${nodePath}/logs$`), (_call, _p, id) => data.logs(id!)],
  ["GET", new RegExp(`^${nodePath}/files$`), ({ query }) => data.folder(query.get("volume") ?? "", query.get("path") ?? "")],
];

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

async function answerTo(request: IncomingMessage, answer: ServerResponse) {
  const { pathname, searchParams: query } = new URL(request.url!, "http://here");
  if (pathname.startsWith("/x/")) return answer.end(`<p style="font:16px sans-serif;padding:2em">The page of ${pathname}</p>`);
  const path = pathname.replace("/api/v0", "");
  const found = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
  const value = found?.[2]({ path, query, body: await bodyOf(request), answer }, ...(found[1].exec(path)?.slice(1) ?? []));
  if (answer.headersSent) return;
  const error = { status: 404, message: `There is no ${path} here.`, errors: [{ code: "NotFound" }] };
  answer.writeHead(found && value !== undefined ? 200 : 404, { "Content-Type": "application/json" });
  answer.end(JSON.stringify(found && value !== undefined ? { data: value, error: null } : { data: null, error }));
}

function serve(server: { middlewares: Connect.Server }) {
  server.middlewares.use((request, answer, next) => {
    if (!/^\/(api|x)\//.test(request.url ?? "")) return next();
    answerTo(request, answer).catch(() => answer.destroy()); // The reader left.
  });
}

export function fakeApi(): Plugin {
  return { name: "fake-api", configureServer: serve, configurePreviewServer: serve };
}
