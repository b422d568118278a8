/** Names for what the API answers, taken from the generated types. */
import type {
  AllPaths as paths,
  NodeAdditions,
  RunAdditions,
  RunEventAdditions,
  ServiceAdditions,
  SummaryAdditions,
} from "./agreed";

export type { BrokenService, Container, Entry, EntryQuery, Lease, NodeLog, Reap } from "./agreed";

type Body<R> = R extends { content: { "application/json": infer B } } ? B : never;
type Answer<O> = O extends { responses: infer R }
  ? R extends { 200: infer A }
    ? Body<A>
    : R extends { 201: infer A }
      ? Body<A>
      : never
  : never;
type Data<O> = Answer<O> extends { data?: infer D } ? NonNullable<D> : never;
type Sent<O> = O extends { requestBody?: infer R } ? Body<NonNullable<R>> : never;

export type Session = Data<paths["/api/v0/auth/me"]["get"]>;
export type User = Session["user"];
export type SessionInfo = Data<paths["/api/v0/auth/sessions"]["get"]>[number];
export type Token = Data<paths["/api/v0/tokens"]["get"]>[number];
export type NewToken = Data<paths["/api/v0/tokens"]["post"]>;
export type Service = Data<paths["/api/v0/services"]["get"]>[number] & ServiceAdditions;
export type ProjectSummary = Data<paths["/api/v0/projects"]["get"]>[number] & SummaryAdditions;
type ProjectOut = Data<paths["/api/v0/projects/{project_id}"]["get"]>;
export type Node = ProjectOut["nodes"][number] & NodeAdditions;
export type Project = Omit<ProjectOut, "nodes"> & { nodes: Node[] };
export type ProjectChange = Sent<paths["/api/v0/projects/{project_id}"]["patch"]>;
export type Link = Project["links"][number];
export type NodeState = Node["state"];
export type NodeCreate = Sent<paths["/api/v0/projects/{project_id}/nodes"]["post"]>;
export type NodeChange = Sent<paths["/api/v0/projects/{project_id}/nodes/{node_id}"]["patch"]>;
export type Position = Node["position"];
export type Run = Data<paths["/api/v0/runs"]["get"]>[number] & RunAdditions;
export type RunState = Run["state"];
export type RunDetail = Data<paths["/api/v0/runs/{run_id}"]["get"]> & RunAdditions;
export type RunEvent = Data<paths["/api/v0/runs/{run_id}/events"]["get"]>[number] & RunEventAdditions;
/** A port as image labels describe it; a label may leave everything but the type away. */
export type Port = {
  type: string;
  label?: string;
  description?: string;
  displayOrder?: number;
  defaultValue?: unknown;
  minimum?: number;
  maximum?: number;
  unit?: string;
  widget?: Widget | null;
};
export type Widget = {
  type: string;
  details?: { minHeight?: number; structure?: { key: string | number; label?: string }[] };
};
