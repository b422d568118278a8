/** A state as a shape first (○ ◔ ● ◑ ▲ ✓ ✕) and a colour second. */
import type { NodeState, Run } from "../api/types";

type State = NodeState | Run["state"];

const colours: Record<State, string> = {
  created: "var(--dim)",
  queued: "var(--dim)",
  starting: "var(--busy)",
  running: "var(--ok)",
  stopping: "var(--busy)",
  stopped: "var(--dim)",
  failed: "var(--bad)",
  succeeded: "var(--ok)",
  canceled: "var(--dim)",
  cancelled: "var(--dim)",
};

function shapeOf(state: State) {
  const ring = <circle cx="6" cy="6" r="4.500" fill="none" stroke="currentColor" strokeWidth="1.500" />;
  switch (state) {
    case "running":
      return <circle cx="6" cy="6" r="5.200" fill="currentColor" />;
    case "queued":
      return <>{ring}<circle cx="6" cy="6" r="1.500" fill="currentColor" /></>;
    case "starting":
      return <>{ring}<path d="M6 6V1.500A4.500 4.500 0 0110.500 6z" fill="currentColor" /></>;
    case "stopping":
      return <>{ring}<path d="M6 1.500a4.500 4.500 0 010 9z" fill="currentColor" /></>;
    case "failed":
      return <path d="M6 .8l5.600 10.200H.4z" fill="currentColor" />;
    case "succeeded":
      return <path d="M1.500 6.500l3 3 6-7" fill="none" stroke="currentColor" strokeWidth="1.800" />;
    case "canceled":
    case "cancelled":
      return <path d="M2 2l8 8M10 2l-8 8" fill="none" stroke="currentColor" strokeWidth="1.800" />;
    default:
      return ring;
  }
}

export function StateMark({ state, size = 12 }: { state: State; size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 12 12" style={{ color: colours[state], flex: "none" }}>
      {shapeOf(state)}
    </svg>
  );
}
