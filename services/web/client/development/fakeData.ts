/** What the fake API starts with: a workbench in which everything that can be shown is there to be shown. */
import type { Account, BrokenService, Entry, ProjectSummary, Share, Node, NodeLog, Project, Reap, RunDetail, RunEvent, Service, StoredImage, FileEntry, Folder } from "../src/api/types";

const NOW = Date.now();
export const ago = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();
const inputs = {
  limit: { displayOrder: 1, label: "Memory limit", description: "In MiB.", type: "integer", defaultValue: 512, minimum: 64, maximum: 4096 },
  tolerance: { displayOrder: 2, label: "Tolerance", description: "Stop when the change is below it.", type: "number", defaultValue: 0.001 },
  verbose: { displayOrder: 3, label: "Say every step", description: "", type: "boolean", defaultValue: false },
  title: { displayOrder: 4, label: "Title", description: "", type: "string" },
  script: { displayOrder: 5, label: "Script", description: "", type: "string", widget: { type: "TextArea", details: { minHeight: 4 } } },
  method: {
    displayOrder: 6, label: "Method", description: "", type: "string", defaultValue: "cg",
    widget: { type: "SelectBox", details: { structure: [{ key: "cg", label: "Conjugate gradient" }, { key: "lu", label: "LU" }] } },
  },
  mesh: { displayOrder: 7, label: "Mesh", description: "The mesh to solve on.", type: "data:application/vtk" },
};
const outputs = {
  field: { displayOrder: 1, label: "Field", description: "", type: "data:application/vtk" },
  steps: { displayOrder: 2, label: "Steps", description: "", type: "integer" },
};

function service(name: string, version: string, change: Partial<Service> = {}): Service {
  const key = `simcore/services/dynamic/${name.toLowerCase().replaceAll(" ", "-")}`;
  return {
    key, version, name, type: "dynamic", description: `${name} in the browser.`, contact: "lab@werkbank.example",
    authors: [{ name: "Lab" }], inputs: {}, outputs: {}, deprecated_at: null, is_deprecated: false, ...change,
  };
}

export const services: Service[] = [
  service("Jupyter", "1.1.0", { outputs: { table: { displayOrder: 1, label: "Table", type: "data:text/csv" } } }),
  service("Jupyter", "1.0.0", { deprecated_at: ago(86_400), is_deprecated: true }),
  service("Modeler", "2.0.3", { outputs: { mesh: { displayOrder: 1, label: "Mesh", type: "data:application/vtk" } } }),
  service("Solver", "0.4.0", { inputs, outputs, description: "Solves for the stress in a body with given loads." }),
  service("Viewer", "1.0.0", { inputs: { field: { displayOrder: 1, label: "Field", type: "data:application/*" } } }),
  service("Sweep", "0.1.0", { type: "computational", inputs: { count: { displayOrder: 1, label: "Count", type: "number" } } }),
];

export function node(id: string, of: string, x: number, y: number, change: Partial<Node> = {}): Node {
  const from = services.find((each) => each.name === of) ?? services[0]!;
  return {
    id, project_id: "p1", name: of, service_key: from.key, service_version: from.version, type: from.type as Node["type"],
    state: "running", state_since: ago(720), reason: null, details: null, progress: null, url: `/x/${id}/`, inputs: {}, outputs: {},
    position: { x, y }, run_id: "r2", cause: null, remedy: null,
    containers: [{ name: of.toLowerCase(), role: "main", image: `${from.key}:${from.version}`, state: "running", reason: null }],
    lease: { grace_seconds: 120, expires_at: null, held_by: "tab", keep_until: null, is_ending: false },
    ...change,
  };
}

const broken = `Traceback (most recent call last):\n  File "/app/serve.py", line 12, in <module>\n    import vtk\nModuleNotFoundError: No module named 'vtk'`;

export const project: Project = {
  id: "p1", name: "Bone plate study", description: "Stress in a plate on bone", created_at: ago(9e5), changed_at: ago(60),
  tags: ["bone", "2026"], is_template: false, right: "own", owner: { id: "u1", name: "Ada Lovelace", email: "admin@werkbank.example" },
  nodes: [
    node("n1", "Modeler", 40, 80),
    node("n2", "Solver", 340, 60, {
      containers: [
        { name: "solver", role: "main", image: "simcore/services/dynamic/solver:0.4.0", state: "running", reason: null },
        { name: "redis", role: "dependency", image: "redis:7", state: "starting", reason: "waiting for its port" },
        { name: "store", role: "dependency", image: "postgres:15", state: "failed", reason: "It ended with code 1." },
      ],
      inputs: { limit: 1024 },
      lease: { grace_seconds: 120, expires_at: null, held_by: "tab", keep_until: new Date(NOW + 2 * 3_600_000).toISOString(), is_ending: false },
    }),
    node("n3", "Viewer", 660, 60, {
      state: "failed", url: null, cause: "crash-at-boot", details: broken,
      reason: "It stopped with code 1 while starting, three times in a row.",
      remedy: "Read its last lines below. If a module is missing, ask the service's author for a new version; your files are kept.",
      containers: [{ name: "viewer", role: "main", image: "simcore/services/dynamic/viewer:1.0.0", state: "failed", reason: "It ended with code 1." }],
    }),
    node("n4", "Jupyter", 60, 320, {
      name: "Analysis",
      lease: { grace_seconds: 120, expires_at: new Date(NOW + 55_000).toISOString(), held_by: null, keep_until: null, is_ending: true },
    }),
    node("n5", "Jupyter", 360, 340, { name: "Notes", state: "stopped", url: null, reason: "Closed at 14:02: no tab open since 13:58." }),
  ],
  links: [{ id: "l1", source_node: "n1", source_port: "mesh", target_node: "n2", target_port: "mesh" }],
};

const summary = (change: Partial<ProjectSummary> = {}): ProjectSummary => {
  const { nodes, links, ...head } = project;
  const at = new Map(nodes.map((each, place) => [each.id, place]));
  const thumbnail = {
    nodes: nodes.map((each) => ({ ...each.position, state: each.state })),
    links: links.flatMap((each) => ({ source: at.get(each.source_node) ?? 0, target: at.get(each.target_node) ?? 0 })),
  };
  return { ...head, node_count: nodes.length, running_count: 3, ending_at: null, trashed_at: null, forgotten_at: null, thumbnail, ...change };
};

const bob = { id: "u2", name: "Bob Jones", email: "bob@werkbank.example" };
const small = { nodes: [{ x: 0, y: 0, state: "created" as const }, { x: 300, y: 40, state: "stopped" as const }], links: [{ source: 0, target: 1 }] };

export function listed(place: string): ProjectSummary[] {
  if (place === "trash") return [summary({ id: "t1", name: "First try", tags: [], running_count: 0, trashed_at: ago(9e5), forgotten_at: ago(-2e6) })];
  if (place === "templates") return [summary({ id: "m1", name: "Stress of a plate", description: "Modeler, solver and viewer, linked", right: null, is_template: true, owner: bob, running_count: 0 })];
  return [
    summary({ ending_at: ago(-300) }),
    summary({ id: "p2", name: "Nightly sweep", description: "", tags: [], node_count: 2, running_count: 0, changed_at: ago(9e4), thumbnail: small, is_template: true }),
    summary({ id: "p3", name: "Hip implant, with a rather long name for a card", right: "view", owner: bob, tags: ["bone"], changed_at: ago(4e5) }),
    summary({ id: "p4", name: "Empty", description: "Nothing on it yet", tags: [], node_count: 0, running_count: 0, changed_at: ago(8e5), thumbnail: { nodes: [], links: [] } }),
  ];
}

export const shares: Share[] = [
  { user_id: "u2", name: "Bob Jones", email: "bob@werkbank.example", role: "edit", created_at: ago(9e4) },
  { user_id: "u3", name: "Cleo", email: "cleo@werkbank.example", role: "view", created_at: ago(8e4) },
];

/** A canvas with 300 nodes, all of which change every few seconds. */
export const many: Project = {
  ...project, id: "many", name: "Three hundred", links: [],
  nodes: Array.from({ length: 300 }, (_, at) => ({ ...node(`m${at}`, "Modeler", (at % 20) * 260, Math.floor(at / 20) * 140), project_id: "many" })),
};

export const logs = (id: string): NodeLog[] => [
  { container: "main", at: ago(0), text: logLines(id), errors: id === "n3" ? ["task: non-zero exit (1)"] : [], is_live: id !== "n3", kept_until: id === "n3" ? new Date(NOW + 3e6).toISOString() : null },
  { container: "redis", at: ago(0), text: "1:M * Ready to accept connections tcp", errors: [], is_live: id !== "n3", kept_until: null },
];

function logLines(id: string): string {
  const lines = Array.from({ length: 120 }, (_, at) => `[I 2026-01-05 12:${String(at % 60).padStart(2, "0")}:11 ServerApp] 200 GET /api/contents?content=1 (${at} ms)`);
  return [...lines, ...(id === "n3" ? broken.split("\n") : [`[I ServerApp] ${new Date().toISOString()} saving file at /analysis.ipynb`])].join("\n");
}

const entry = (name: string, kind: FileEntry["kind"], size: number | null, seconds: number): FileEntry => ({
  name, kind, size, modified: ago(seconds), is_usable: true, leads_to: null,
});

export function folder(volume: string, path: string): Folder {
  const top = [
    entry("data", "folder", null, 7_000),
    entry("runs", "folder", null, 300),
    { ...entry("latest", "link", null, 300), leads_to: "folder" as const },
    { ...entry("outside", "link", null, 90_000) },
    entry("analysis.ipynb", "file", 48_213, 120),
    entry("mesh of the bone plate, 2nd refinement.vtk", "file", 5_310_000_000, 86_000),
    entry("README.md", "file", 812, 900_000),
  ];
  const entries = path === "" ? top : path === "data" ? [entry("loads.csv", "file", 1_204, 7_000)] : [];
  return { volumes: ["/home/jovyan", "/data"], volume: volume || "/home/jovyan", path, is_made: true, count: entries.length, entries };
}

export const reaps: Reap[] = [
  { id: 9, at: ago(500), kind: "node", name: "Notes", node_id: "n5", project_id: "p1", sentence: "Closed at 14:02: no tab open since 13:58.", evidence: { last_seen_at: ago(740), grace_seconds: 120, kernel_busy: false, used_at: ago(900), web_alive_since: ago(80_000) } },
  { id: 8, at: ago(4_000), kind: "service", name: "jupyter_0a1b", node_id: null, project_id: null, sentence: "Removed a service that belongs to no node.", evidence: { label: "werkbank.node=0a1b", listed_first: true } },
  { id: 7, at: ago(9_000), kind: "network", name: "werkbank_project_77", node_id: null, project_id: "p7", sentence: "Removed the network of a project that is gone.", evidence: {} },
];

export const brokenServices: BrokenService[] = [
  { key: "simcore/services/dynamic/old-viewer", version: "0.9.0", image: "127.0.0.1:9082/simcore/services/dynamic/old-viewer:0.9.0", digest: "sha256:5f7a0d3e", reason: "The label io.simcore.type is missing: say \"dynamic\" or \"computational\"." },
];

export const entries: Entry[] = Array.from({ length: 60 }, (_, at) => {
  const actions = ["node.start", "project.create", "login", "node.close", "run.cancel"];
  const action = actions[at % actions.length]!;
  return {
    id: 60 - at, at: ago(at * 400), actor: at % 4 ? "admin@werkbank.example" : "reaper", action, kind: action.split(".")[0]!, subject: `n${(at % 5) + 1}`,
    name: ["Analysis", "Bone plate study", "", "Notes", "provision"][at % 5]!, project_id: "p1", node_id: at % 2 ? "n4" : null, data: at % 3 ? {} : { ip: "10.0.0.7", agent: "Chrome" },
  };
});

export function run(id: string, state: RunDetail["state"], started: number, took: number | null, message: string | null = null): RunDetail {
  return {
    id, playbook: id === "r3" ? "deploy.yml" : "nodes.yml", state, started_at: ago(started), finished_at: took === null ? null : ago(started - took),
    node_ids: ["n2", "n4"], message, duration: took, cancel_asked_at: null,
    command: `ansible-playbook -i inventory/site playbooks/nodes.yml --extra-vars @inputs.json`,
    inputs: { nodes: [{ id: "n2", image: "simcore/services/dynamic/solver:0.4.0", password: "********" }], wanted: "running" }, secrets: [],
  };
}

export const runs: RunDetail[] = [
  run("r1", "running", 8, null),
  run("r2", "succeeded", 900, 14.2),
  run("r3", "failed", 4_000, 41, "The image simcore/services/dynamic/viewer:1.0.0 is not in the registry."),
  run("r4", "canceled", 90_000, 3.1, "Canceled by admin@werkbank.example."),
  ...Array.from({ length: 30 }, (_, at) => run(`s${at}`, "succeeded", 100_000 + at * 5_000, 6 + (at % 9))),
];

const tasks = ["Inputs are sound", "Project's network is there", "Image is on the host", "Volumes are there", "Service runs", "Page answers"];

/** The events of a run on three hosts, `count` of them. */
export function runEvents(id: string, count = 99): RunEvent[] {
  const start = Date.parse(runs.find((each) => each.id === id)!.started_at);
  const all = tasks.flatMap((task, at) =>
    ["host-1", "host-2", "host-3"].map((host, on) => {
      const isBad = id === "r3" && at === 2 && on === 1;
      const changed = at === 1 || at === 4;
      const kind = isBad ? "failed" : on === 2 && at === 3 ? "skipped" : "ok";
      const message = isBad
        ? "manifest unknown: simcore/services/dynamic/viewer:1.0.0\nthe registry answered with 404"
        : changed ? `--- before\n+++ after\n@@ -1,2 +1,2 @@\n-replicas: 0\n+replicas: 1\n state: present` : null;
      return { at: new Date(start + at * 1_900 + on * 400).toISOString(), kind, host, task, message, changed: changed && kind === "ok", item: at === 4 ? "n2" : null, duration: [0.1, 0.6, 4.8, 0.3, 2.2, 5.1][at]! + on * 0.2 };
    }),
  );
  return all.slice(0, count).map((event, at) => ({ seq: at + 1, ...event }));
}

function user(id: string, name: string, change: Partial<Account> = {}): Account {
  return {
    id, name, email: `${name.split(" ")[0]!.toLowerCase()}@werkbank.example`, role: "user", state: "active", created_at: ago(9e6), seen_at: ago(3_600),
    closed_at: null, max_nodes: null, may_run: 100, running_nodes: 0, invitation: null, ...change,
  };
}

export const users: Account[] = [
  user("u1", "Ada", { email: "admin@werkbank.example", role: "admin", running_nodes: 3, seen_at: ago(5) }),
  user("u2", "Bob Bernoulli", { running_nodes: 8, max_nodes: 8, may_run: 8, seen_at: ago(7_200) }),
  user("u3", "Eve", { state: "invited", seen_at: null, invitation: { purpose: "join", expires_at: ago(-5e5) } }),
  user("u4", "Maximiliane von Hohenstein-Wolkenkuckucksheim", { role: "admin", running_nodes: 12, seen_at: ago(9e5) }),
  user("u5", "Zeno", { state: "closed", closed_at: ago(9e5), seen_at: ago(1e6) }),
];

export const link = (purpose: "join" | "reset") => ({
  user: users[2]!, purpose, path: "/invite#Qk3n8dXz0m2cQ1w7Jt5uYp9aLr4sVb6eHf8gKi0oN1M", expires_at: ago(-6e5),
});

function stored(repository: string, tags: string[], bytes: number, own_bytes: number, uses: StoredImage["uses"], problem: string | null = null): StoredImage {
  return { repository, tags, digest: `sha256:${repository.length}${tags.join("")}`, bytes, own_bytes, uses, problem };
}

const dynamic = "simcore/services/dynamic";
export const registry = (keep: number) => {
  const images = [
    stored(`${dynamic}/jupyter`, ["1.1.0"], 412e6, 210e6, [
      { kind: "running", name: "jupyter_3b1c0c52" }, { kind: "project", name: "Bone plate study" }, { kind: "newest", name: "1.1.0" }, { kind: "project", name: "Nightly sweep" },
    ]),
    stored(`${dynamic}/jupyter`, ["1.0.0"], 402e6, 96e6, [{ kind: "project", name: "A template with a rather long name for every eye" }]),
    stored(`${dynamic}/solver`, ["0.4.0", "latest-tested"], 288e6, 84e6, [{ kind: "newest", name: "0.4.0" }]),
    stored(`${dynamic}/solver`, ["0.3.2"], 281e6, 77.4e6, keep > 3 ? [{ kind: "newest", name: "0.3.2" }] : []),
    stored(`${dynamic}/solver`, ["0.3.1"], 280e6, 76e6, keep > 4 ? [{ kind: "newest", name: "0.3.1" }] : []),
    stored(`${dynamic}/ancient`, ["1.0.0"], 0, 0, [{ kind: "unknown", name: "it cannot be read" }], "The image's manifest is of the old schema 1; push it again with a newer client."),
    stored("werkbank/web", ["0f3a9c1d2e4b5a6978"], 98e6, 4.1e6, [{ kind: "platform", name: "" }, { kind: "running", name: "werkbank_web" }]),
  ];
  const going = images.filter((each) => !each.uses.length);
  const bytes = going.reduce((sum, each) => sum + each.own_bytes, 0);
  return { read_at: ago(20), bytes: 1.31e9, images, plan: { id: `plan${keep}`, keep, bytes, images: going.length } };
};
