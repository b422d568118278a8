"""Jobs: playbooks that administrators ask for from the browser; a verb records the wish, the director carries it out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from controlplane import journal, runs
from controlplane.clock import now
from controlplane.database import Database
from controlplane.errors import Conflict, JobNotFound
from controlplane.jobs_model import Job, JobState
from controlplane.masking import Mask
from controlplane.model import Run, RunState
from controlplane.ports import Adapters
from controlplane.settings import Settings

MOST_ATTEMPTS = 3
_RESTARTED = "The director was restarted while the job was under way, and nobody knows how far it came."
INTERRUPTED = f"{_RESTARTED} What it had done stays; ask for it again."
CANCELED = "An administrator canceled the job. What it had done stays."
UNKNOWN = "This version of the platform does not know such jobs; nothing was changed."
_NEWEST_FIRST = (Job.asked_at.desc(), Job.id.desc())


@dataclass(frozen=True)
class Work:
    """What a kind has to go by in the director's process; ``result`` is what the job has told so far."""

    id: str
    asked_by: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    settings: Settings
    adapters: Adapters
    database: Database


@dataclass(frozen=True)
class Verdict:
    """How a job ended; ``result`` is added to what it has told."""

    state: JobState
    message: str | None = None
    result: dict[str, Any] = field(default_factory=dict)


def _all(_: Work, told: dict[str, Any]) -> dict[str, Any]:
    return told


def _none(_: Work) -> dict[str, Any]:
    return {}


def _nothing(_: Work, _said: str) -> None:
    """Nothing is left to be done."""


@dataclass(frozen=True)
class Kind:
    """A kind of jobs. Jobs of one ``group`` (its own name when empty) are carried out one at a time.

    ``read`` takes what somebody sent and returns what is stored, or raises ``BadInput``. ``variables`` makes extravars of
    it; a ``ControlPlaneError`` that it raises is the job's end, before any run. The playbook tells with
    `ansible.builtin.set_stats` (not per host); ``result`` chooses what of that is kept.

    A job that a crash cut off is taken up anew when ``is_repeatable``, decided by ``settle`` when there is one, and failed
    else. ``settle`` is asked after a run that went well, too, again and again until it has a verdict. ``failed`` is told
    of a run that did not go well, with the sentence that says why.
    """

    name: str
    playbook: str
    read: Callable[[dict[str, Any]], dict[str, Any]]
    variables: Callable[[Work], dict[str, Any]] = _none
    result: Callable[[Work, dict[str, Any]], dict[str, Any]] = _all
    settle: Callable[[Work], Verdict | None] | None = None
    failed: Callable[[Work, str], None] = _nothing
    timeout: int = 180  # seconds
    group: str = ""
    is_repeatable: bool = False
    is_check: bool = False  # run with --check --diff

    @property
    def line(self) -> str:
        """Where it waits its turn."""
        return self.group or self.name


def ask(session: Session, kind: Kind, inputs: dict[str, Any], asked_by: str) -> Job:
    """Somebody wants a job done; the director begins it within a second or two. Raises ``BadInput``."""
    job = Job(kind=kind.name, inputs=kind.read(inputs), asked_by=asked_by, asked_at=now())
    session.add(job)
    session.flush()
    _note(session, journal.Action.ADD, job, inputs=Mask().inputs(job.inputs))
    return job


def get_job(session: Session, job_id: str) -> Job:
    """One job. Raises ``JobNotFound``."""
    job = session.get(Job, job_id)
    if job is None:
        raise JobNotFound
    return job


def list_jobs(
    session: Session, limit: int = 100, before: str | None = None, kind: str | None = None, state: str | None = None
) -> list[Job]:
    """The newest jobs, older than the job ``before``, of a kind, in a state. Raises ``JobNotFound`` for ``before``."""
    query = select(Job).order_by(*_NEWEST_FIRST).limit(limit)
    if before is not None:
        older_than = get_job(session, before)
        query = query.where(tuple_(Job.asked_at, Job.id) < tuple_(older_than.asked_at, older_than.id))
    if kind is not None:
        query = query.where(Job.kind == kind)
    if state is not None:
        query = query.where(Job.state == state)
    return list(session.scalars(query))


def ask_cancel(session: Session, job: Job) -> Job:
    """A job that waits is canceled at once, one under way with its run. Raises ``Conflict`` when it has ended."""
    if job.has_ended:
        raise Conflict(f"The job has ended already ({job.state}); nothing was changed.")
    run = session.get(Run, job.run_id) if job.run_id else None
    if job.state == JobState.WAITING:
        end(session, job, Verdict(JobState.CANCELED, CANCELED))
    elif run is not None and run.state == RunState.RUNNING:
        runs.ask_cancel(session, run)
    else:
        raise Conflict("The job's playbook has ended, its outcome is awaited; there is nothing to cancel any more.")
    return job


def end(session: Session, job: Job, verdict: Verdict) -> None:
    """The job is over; nothing happens when it is already."""
    if job.has_ended:
        return
    job.state, job.message, job.finished_at = verdict.state, verdict.message, now()
    if verdict.result:
        job.result = (job.result or {}) | verdict.result
    _note(session, journal.Action.END, job, state=str(verdict.state))


def under_way(session: Session) -> list[Job]:
    """The jobs that have not ended, the oldest first."""
    states = (JobState.WAITING, JobState.RUNNING)
    return list(session.scalars(select(Job).where(Job.state.in_(states)).order_by(Job.asked_at, Job.id)))


def begin(session: Session, due: list[Job], kinds: dict[str, Kind]) -> list[Job]:
    """Of the jobs under way those whose turn it is, the oldest of each line, marked as running."""
    busy = {_line(job, kinds) for job in due if job.state == JobState.RUNNING}
    begun = []
    for job in [job for job in due if job.state == JobState.WAITING]:
        if job.kind not in kinds:
            end(session, job, Verdict(JobState.FAILED, UNKNOWN))
        elif (line := _line(job, kinds)) not in busy:
            busy.add(line)
            job.state, job.started_at, job.attempts = JobState.RUNNING, now(), job.attempts + 1
            _note(session, journal.Action.START, job)
            begun.append(job)
    return begun


def take_up(session: Session, kinds: dict[str, Kind]) -> None:
    """A new director finds jobs that were under way: each is done anew, left for its kind to decide, or failed."""
    for job in session.scalars(select(Job).where(Job.state == JobState.RUNNING)):
        kind = kinds.get(job.kind)
        if kind is None:
            end(session, job, Verdict(JobState.FAILED, UNKNOWN))
        elif kind.is_repeatable and job.attempts < MOST_ATTEMPTS:
            job.state, job.run_id = JobState.WAITING, None
        elif kind.settle is None or job.run_id is None:
            end(session, job, Verdict(JobState.FAILED, INTERRUPTED))


def forget_old(session: Session, keep_for: timedelta) -> None:
    """Jobs that ended long ago."""
    session.execute(delete(Job).where(Job.finished_at < now() - keep_for))


def _line(job: Job, kinds: dict[str, Kind]) -> str:
    kind = kinds.get(job.kind)
    return kind.line if kind else job.kind


def _note(session: Session, action: str, job: Job, **data: Any) -> None:
    journal.note(session, action, "job", job.id, name=job.kind, asked_by=job.asked_by, **data)
