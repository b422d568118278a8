/** What the API is agreed to have and its document does not say yet. Once `schema.d.ts` has it, this file goes. */
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
type Ok<D> = {
  headers: Record<string, unknown>;
  content: { "application/json": { data: D; error: Record<string, never> | null | Schemas["ErrorBody"] } };
};
type Get<D, Query, Path = undefined> = {
  get: { parameters: { query?: Query; path: Path }; responses: { 200: Ok<D> } };
};
type Post<D, Path, Body = never> = {
  post: {
    parameters: { path: Path };
    requestBody?: { content: { "application/json": Body } };
    responses: { 200: Ok<D>; 202: Ok<D> };
  };
};
type Free<D, Query = never> = { get: { parameters: { query?: Query }; responses: { 200: Ok<D> } } };

export type Container = {
  name: string;
  role: "main" | "dependency";
  image: string;
  state: "starting" | "running" | "failed" | "absent";
  reason: string | null;
};
export type Lease = { grace_seconds: number; expires_at: string | null; keep_until: string | null; is_ending: boolean };
export type NodeAdditions = Partial<{
  cause: string | null;
  remedy: string | null;
  containers: Container[];
  lease: Lease;
}>;
export type SummaryAdditions = Partial<{ ending_at: string | null }>;
export type ServiceAdditions = Partial<{ deprecated_at: string | null; is_deprecated: boolean }>;
export type RunAdditions = Partial<{ duration: number | null; cancel_asked_at: string | null }>;
export type RunEventAdditions = Partial<{ item: string | null; duration: number | null }>;

export type NodeLog = {
  container: string;
  at: string;
  text: string;
  errors: string[];
  is_live: boolean;
  kept_until: string | null;
};
export type Reap = {
  id: number;
  at: string;
  kind: string;
  name: string;
  node_id: string | null;
  project_id: string | null;
  sentence: string;
  evidence: Record<string, unknown>;
};
export type BrokenService = { key: string; version: string; image: string; digest: string; reason: string };
export type Entry = {
  id: number;
  at: string;
  actor: string;
  action: string;
  kind: string;
  subject: string;
  name: string;
  project_id: string | null;
  node_id: string | null;
  data: Record<string, unknown>;
};
export type EntryQuery = Partial<{
  actor: string;
  action: string;
  kind: string;
  subject: string;
  project_id: string;
  node_id: string;
  since: string;
  until: string;
  limit: number;
  before: number;
}>;
type Page<Id> = { limit?: number; before?: Id };
type NodePath = { project_id: string; node_id: string };

type AgreedPaths = {
  "/api/v0/projects/{project_id}/nodes/{node_id}/keep": Post<Schemas["NodeOut"], NodePath, { until: string | null }>;
  "/api/v0/projects/{project_id}/nodes/{node_id}/logs": Get<NodeLog[], { tail?: number }, NodePath>;
  "/api/v0/projects/{project_id}/reaps": Get<Reap[], Page<number>, { project_id: string }>;
  "/api/v0/reaps": Free<Reap[], Page<number>>;
  "/api/v0/services/broken": Free<BrokenService[]>;
  "/api/v0/runs": Free<Schemas["RunOut"][], Page<string> & { state?: string; node_id?: string }>;
  "/api/v0/runs/{run_id}/cancel": Post<Schemas["RunOut"], { run_id: string }>;
  "/api/v0/events": Free<Entry[], EntryQuery>;
};

export type AllPaths = Omit<paths, keyof AgreedPaths> & AgreedPaths;
