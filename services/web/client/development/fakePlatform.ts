/** Hosts, parts, deployments and jobs of the stand-in for the server. */
import type { Deployment, Host, HostTask, Job, Part } from "../src/api/types";
import { ago } from "./fakeData";

const node = (id: string, name: string) => ({ id, name, project: "Bone plate study", owner: "ada@werkbank.example" });
const task = (service: string, change: Partial<HostTask> = {}): HostTask => ({
  service, state: "running", part: service, node: null, is_pinned: false, is_ours: true, ...change,
});
const nodes = [node("n1", "Jupyter"), node("n2", "Modeler")];

function host(name: string, change: Partial<Host>): Host {
  return {
    id: name, name, role: "worker", state: "ready", availability: "active", address: "10.0.0.2", engine: "26.1.5", is_leader: false, cpus: 16,
    memory_bytes: 64 * 2 ** 30, reserved_cpus: 4, reserved_memory_bytes: 12 * 2 ** 30, used_cpus: null, used_memory_bytes: null, tasks: [], cannot_drain: null, moves: [], ...change,
  };
}

export const hosts: Host[] = [
  host("bench-1", {
    role: "manager", is_leader: true, address: "10.0.0.1", cpus: 8, memory_bytes: 24 * 2 ** 30, used_cpus: 2.4, used_memory_bytes: 9.3 * 2 ** 30,
    tasks: ["authentication", "director", "gateway", "postgres", "web"].map((name) => task(name)),
    cannot_drain: "bench-1 cannot be drained: director, gateway, postgres can run on no other host, so the platform would stop. Nothing was changed; nodes that run stay.",
  }),
  host("bench-2", {
    moves: nodes,
    tasks: [...nodes.map((each) => task(each.id, { part: null, node: each })), task("n3", { part: null, node: node("n3", "Sweep"), state: "preparing" }), task("other_web", { part: null, is_ours: false })],
  }),
  host("bench-3", { availability: "drain", reserved_cpus: 0, reserved_memory_bytes: 0 }),
];

const image = (name: string, tag: string) => `10.0.0.1:9082/werkbank/${name}:${tag}@sha256:${tag}${tag}`;
const NOW = "41d0c3b27a9e58f6", BEFORE = "0c9a71e2b4d6f835", NEW = "f3b86a15c07d2e94";
const names = ["authentication", "director", "gateway", "postgres", "web"];
export const parts: Part[] = names.map((name) => ({
  name, image: image(name, NOW), update: "completed", is_running: true, problem: null,
  options: (name === "postgres" ? [NOW] : [NEW, NOW, BEFORE]).map((tag, at) => ({ tag, image: image(name, tag), made_at: ago(3_000 + at * 4e5), is_current: tag === NOW })),
}));
const all = (tag: string) => Object.fromEntries(names.map((name) => [name, image(name, tag)]));
export const deployments: Deployment[] = [
  { id: "d3", at: ago(86_400), by: "ada@werkbank.example", job_id: "j", images: all(NOW), outcome: "succeeded", message: null },
  { id: "d2", at: ago(2e5), by: "ada@werkbank.example", job_id: "j", images: { ...all(BEFORE), web: image("web", "dead") }, outcome: "failed", message: "The new web did not become healthy; the swarm went back to the old." },
  { id: "d1", at: ago(9e5), by: "make up, or another tool", job_id: null, images: all(BEFORE), outcome: "succeeded", message: null },
];

export const jobs: Job[] = [];

export function ask(kind: string, inputs: Record<string, unknown>): Job {
  const job: Job = {
    id: `j${jobs.length}`, kind, state: "running", inputs, asked_by: "ada@werkbank.example", asked_at: ago(0), started_at: ago(0), finished_at: null, run_id: "r1", result: null, message: null,
  };
  jobs.push(job);
  setTimeout(() => Object.assign(job, { state: "succeeded", result: kind === "deploy-plan" ? planOf(inputs) : null }), 1_500);
  return job;
}

function planOf(inputs: Record<string, unknown>) {
  const images = (inputs.images ?? deployments.find((each) => each.id === inputs.deployment)?.images) as Record<string, string>;
  const rows = parts.filter((part) => images[part.name]).map((part) => ({ name: part.name, from: part.image, to: images[part.name]!, is_changed: part.image !== images[part.name], is_restarted: part.image !== images[part.name] }));
  return { parts: rows, nodes: [], fingerprint: "f" };
}
