/** Where a job is, in a line: its state, the way to its run, and why it failed. */
import { Link } from "react-router";
import type { Job } from "../api/types";
import { texts } from "../texts";
import css from "./JobNote.module.css";
import { StateMark } from "./StateMark";

const marks = { waiting: "queued", running: "starting", succeeded: "succeeded", failed: "failed", canceled: "canceled" } as const;

export function JobNote({ job, say }: { job: Job; say?: string }) {
  return (
    <p className={css.note} role="status" data-state={job.state}>
      <StateMark state={marks[job.state as keyof typeof marks]} />
      <span>{say ?? texts.jobs.states[job.state as keyof typeof marks]}</span>
      {job.message && <span>{job.message}</span>}
      {job.run_id && <Link to={`/runs/${job.run_id}`}>{texts.jobs.toRun}</Link>}
    </p>
  );
}
