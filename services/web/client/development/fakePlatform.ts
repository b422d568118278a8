/** Hosts, parts, deployments and jobs of the stand-in for the server. */
import type { Deployment, Host, HostImage, HostTask, Job, Part } from "../src/api/types";
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

const onHost = (host_id: string, name: string, change: Partial<HostImage> = {}): HostImage => ({
  host_id, host: host_id, repository: `simcore/services/dynamic/${name}`, tag: "1.0.0", state: "here", since: ago(4_000), reason: null, again_at: null, run_id: null, ...change,
});
const noRoom = "The host bench-2 could not pull the image (write /var/lib/docker/tmp/GetImageBlob: no space left on device). A node that starts on this host pulls it itself, and says what is wrong.";
export const hostImages: HostImage[] = [
  ...["jupyter", "modeling", "viewer"].map((name) => onHost("bench-1", name)),
  onHost("bench-2", "jupyter"),
  onHost("bench-2", "modeling", { state: "pulling", since: ago(95), run_id: "r1" }),
  onHost("bench-2", "segmentation-workbench", { tag: "2.4.1", state: "failed", since: ago(50), reason: noRoom, again_at: ago(-240), run_id: "r1" }),
  onHost("bench-2", "viewer", { state: "waiting" }),
];

const image = (name: string, tag: string) => `10.0.0.1:9082/werkbank/${name}:${tag}@sha256:${tag}${tag}`;
const NOW = "41d0c3b27a9e58f6", BEFORE = "0c9a71e2b4d6f835", NEW = "f3b86a15c07d2e94";
const names = ["authentication", "director", "gateway", "postgres", "web"];
export const parts: Part[] = names.map((name) => ({
  name, image: image(name, NOW), update: "completed", is_running: true, problem: null,
  drift: name === "web" ? ["variable WERKBANK_LEASE_GRACE is 10, was 120", "memory limit is 1024 MiB, was 384 MiB"] : [],
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
  setTimeout(() => Object.assign(job, { state: "succeeded", result: kind === "deploy-plan" ? planOf(inputs) : kind === "publish" ? published : null }), 1_500);
  return job;
}

const published = { key: "simcore/services/dynamic/solver", version: "0.4.0", digest: "sha256:5f7a0d3e", commit: "978790cfdabdd6515ced1199cb807b778ce55c9a", is_new: true };

function planOf(inputs: Record<string, unknown>) {
  const images = (inputs.mend ? {} : (inputs.images ?? deployments.find((each) => each.id === inputs.deployment)?.images)) as Record<string, string>;
  const rows = parts
    .filter((part) => images[part.name] || part.drift.length)
    .map((part) => {
      const to = images[part.name] ?? part.image;
      const is_changed = part.image !== to || part.drift.length > 0;
      return { name: part.name, from: part.image, to, is_changed, is_restarted: is_changed, settings: part.drift };
    });
  return { parts: rows, nodes: [], fingerprint: "f" };
}
