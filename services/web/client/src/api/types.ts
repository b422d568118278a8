/** Names for what the API answers, taken from the generated types. */
import type { paths } from "./schema";

type Body<R> = R extends { content: { "application/json": infer B } } ? B : never;
type Answer<O> = O extends { responses: infer R }
  ? R extends { 200: infer A }
    ? Body<A>
    : R extends { 201: infer A }
      ? Body<A>
      : R extends { 202: infer A }
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
export type Account = Data<paths["/api/v0/users"]["get"]>[number];
export type UserCreate = Sent<paths["/api/v0/users"]["post"]>;
export type UserChange = Sent<paths["/api/v0/users/{user_id}"]["patch"]>;
export type Invitation = Data<paths["/api/v0/users/invitations"]["post"]>;
export type StoredImage = Data<paths["/api/v0/registry"]["get"]>["images"][number];
export type PrunePlan = Data<paths["/api/v0/registry"]["get"]>["plan"];
export type Service = Data<paths["/api/v0/services"]["get"]>[number];
export type ProjectSummary = Data<paths["/api/v0/projects"]["get"]>[number];
export type Place = NonNullable<NonNullable<paths["/api/v0/projects"]["get"]["parameters"]["query"]>["place"]>;
export type Thumbnail = ProjectSummary["thumbnail"];
export type Share = Data<paths["/api/v0/projects/{project_id}/shares"]["get"]>[number];
export type ShareRole = Share["role"];
export type Imported = Data<paths["/api/v0/projects/import"]["post"]>;
export type Project = Data<paths["/api/v0/projects/{project_id}"]["get"]>;
export type Node = Project["nodes"][number];
export type Container = Node["containers"][number];
export type Lease = Node["lease"];
export type NodeLog = Data<paths["/api/v0/projects/{project_id}/nodes/{node_id}/logs"]["get"]>[number];
export type Folder = Data<paths["/api/v0/projects/{project_id}/nodes/{node_id}/files"]["get"]>;
export type FileEntry = Folder["entries"][number];
export type Reap = Data<paths["/api/v0/reaps"]["get"]>[number];
export type BrokenService = Data<paths["/api/v0/services/broken"]["get"]>[number];
export type Entry = Data<paths["/api/v0/events"]["get"]>[number];
export type EntryQuery = NonNullable<paths["/api/v0/events"]["get"]["parameters"]["query"]>;
export type ProjectChange = Sent<paths["/api/v0/projects/{project_id}"]["patch"]>;
export type Link = Project["links"][number];
export type NodeState = Node["state"];
export type NodeCreate = Sent<paths["/api/v0/projects/{project_id}/nodes"]["post"]>;
export type NodeChange = Sent<paths["/api/v0/projects/{project_id}/nodes/{node_id}"]["patch"]>;
export type Position = Node["position"];
export type Run = Data<paths["/api/v0/runs"]["get"]>[number];
export type RunState = Run["state"];
export type RunDetail = Data<paths["/api/v0/runs/{run_id}"]["get"]>;
export type RunEvent = Data<paths["/api/v0/runs/{run_id}/events"]["get"]>[number];
export type Job = Data<paths["/api/v0/jobs"]["get"]>[number];
export type Host = Data<paths["/api/v0/hosts"]["get"]>[number];
export type HostImage = Data<paths["/api/v0/hosts/images"]["get"]>[number];
export type HostTask = Host["tasks"][number];
export type Availability = Sent<paths["/api/v0/hosts/{host_id}/availability"]["post"]>["availability"];
export type Part = Data<paths["/api/v0/parts"]["get"]>[number];
export type Deployment = Data<paths["/api/v0/deployments"]["get"]>[number];
/** What a job of the kind deploy-plan tells. */
export type Plan = { parts: PlanRow[]; nodes: string[]; fingerprint: string };
export type PlanRow = { name: string; from: string; to: string; is_changed: boolean; is_restarted: boolean; settings: string[] };
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
