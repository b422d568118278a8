/** Rules of the cluster's and the deployments' pages. */
import type { Deployment, Host, HostImage, HostTask, NodeState, Part } from "../api/types";

const STATES: Record<string, NodeState> = { running: "running", complete: "stopped", shutdown: "stopped", remove: "stopping", failed: "failed", rejected: "failed", orphaned: "failed" };

/** The engine's word for a task, as one of the workbench's own states. */
export const stateOfTask = (task: HostTask): NodeState => STATES[task.state] ?? "starting";

/** A bar's part, 0 to 1; a host that has told nothing has an empty bar. */
export const shareOf = (part: number, whole: number) => (whole > 0 ? Math.min(1, part / whole) : 0);

export const isDrained = (host: Host) => host.availability === "drain";

/** How many of a host's images are in each state. */
export function countImages(images: HostImage[]) {
  const of = (state: string) => images.filter((image) => image.state === state).length;
  return { here: of("here"), pulling: of("pulling"), failed: of("failed") };
}

/** A service's image as people know it: `jupyter 1.0.0` of `simcore/services/dynamic/jupyter`. */
export const nameOfImage = (image: HostImage) => `${image.repository.replace(/^simcore\/services\/(dynamic|comp)\//, "")} ${image.tag}`;

/** The tag in a reference `registry/repository:tag@digest`, or the beginning of its digest where it has no tag. */
export function tagOf(image: string): string {
  const [name, digest] = image.split("@");
  const tag = name!.slice(name!.lastIndexOf("/") + 1).split(":")[1] ?? digest?.replace("sha256:", "") ?? name!;
  return tag.length > 16 ? tag.slice(0, 12) : tag;
}

/** The tag of each image that the registry has: parts are deployed by digest, people know tags. */
export const namesOf = (parts: Part[]) => new Map(parts.flatMap((part) => part.options.map((option) => [option.image, option.tag] as const)));

/** The images that were chosen and differ from those that run. */
export function chosenImages(parts: Part[], choice: Record<string, string>): Record<string, string> {
  const differs = parts.filter((part) => choice[part.name] && choice[part.name] !== part.image);
  return Object.fromEntries(differs.map((part) => [part.name, choice[part.name]!]));
}

/** The newest image of each part; a part of which the registry has none keeps its own. */
export const newestImages = (parts: Part[]) => Object.fromEntries(parts.map((part) => [part.name, part.options[0]?.image ?? part.image]));

/** What a deployment changed: the parts whose image the one before it had not. */
export function changedParts(deployment: Deployment, before: Deployment | undefined): string[] {
  return Object.keys(deployment.images).filter((name) => !before || before.images[name] !== deployment.images[name]);
}
