"""The director's side of jobs: begins those whose turn it is, carries each out in a run, and sees to its end."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from controlplane import jobs
from controlplane.database import Database
from controlplane.errors import ControlPlaneError
from controlplane.jobs import Kind, Verdict, Work
from controlplane.jobs_model import Job, JobState
from controlplane.ports import Adapters, Outcome
from controlplane.runs import Recorder
from controlplane.settings import Settings

log = logging.getLogger(__name__)
_UNFORESEEN = "The job could not be carried out; the director's log has the details. Nothing more of it is done."


class JobWorker:
    """One per director; `look` is called by one thread, and never waits for a run."""

    def __init__(self, database: Database, adapters: Adapters, settings: Settings, kinds: Mapping[str, Kind]):
        self._database, self._adapters, self._settings, self._kinds = database, adapters, settings, dict(kinds)
        self._under_way: dict[str, threading.Thread] = {}

    def take_up(self) -> None:
        """Once, before the first look: what a director that ended had under way."""
        with self._database.begin() as session:
            jobs.take_up(session, self._kinds)

    def look(self, leads: Callable[[], bool] = lambda: True) -> None:
        """Begin what is due, and settle what has run."""
        if not leads():
            return
        self._under_way = {job_id: thread for job_id, thread in self._under_way.items() if thread.is_alive()}
        with self._database.begin() as session:
            due = jobs.under_way(session)
            begun = jobs.begin(session, due, self._kinds)
        for job in begun:
            # A daemon: the process ends without it, and the next director takes the job up.
            thread = threading.Thread(target=self._run, args=(job,), name=f"job {job.kind}", daemon=True)
            self._under_way[job.id] = thread
            thread.start()
        self._settle([job for job in due if job.state == JobState.RUNNING])

    def join(self) -> None:
        """Wait for the jobs under way."""
        for thread in self._under_way.values():
            thread.join()

    def _run(self, job: Job) -> None:
        kind = self._kinds[job.kind]
        try:
            self._carry_out(job, kind)
        except ControlPlaneError as error:
            self._end(job.id, Verdict(JobState.FAILED, str(error)))
        except Exception:
            log.exception("The job %s (%s) could not be carried out.", job.id, job.kind)
            if kind.settle is not None:
                return  # What there is to see decides; the database may have been away for a moment.
            self._end(job.id, Verdict(JobState.FAILED, _UNFORESEEN))

    def _carry_out(self, job: Job, kind: Kind) -> None:
        work = self._work(job)
        extravars = kind.variables(work)
        recorder = Recorder(self._database, kind.playbook, [], extravars, self._settings.secrets)
        with self._database.begin() as session:
            session.get_one(Job, job.id).run_id = recorder.id
        outcome = self._play(kind, extravars, recorder)
        recorder.close(outcome)
        self._learn(work, kind, outcome)

    def _play(self, kind: Kind, extravars: dict[str, Any], recorder: Recorder) -> Outcome:
        """Run it; an error that nobody foresaw is an outcome, too, so that every run has an end."""
        try:
            return self._adapters.provisioner.run(
                f"playbooks/{kind.playbook}",
                extravars,
                recorder.note,
                recorder.is_cancel_asked,
                timeout=kind.timeout,
                is_check=kind.is_check,
            )
        except Exception:
            log.exception("A run could not be carried out.")
            return Outcome(False, _UNFORESEEN)

    def _learn(self, work: Work, kind: Kind, outcome: Outcome) -> None:
        kept = kind.result(work, outcome.told) if outcome.told or outcome.is_ok else {}
        if outcome.is_canceled:
            return self._fail(work, kind, Verdict(JobState.CANCELED, jobs.CANCELED, kept))
        if not outcome.is_ok:
            said = outcome.message or next(iter(outcome.failed.values()), None)
            return self._fail(work, kind, Verdict(JobState.FAILED, said, kept))
        if kind.settle is None:
            return self._end(work.id, Verdict(JobState.SUCCEEDED, None, kept))
        with self._database.begin() as session:
            job = session.get_one(Job, work.id)
            job.result = (job.result or {}) | kept
        return None

    def _fail(self, work: Work, kind: Kind, verdict: Verdict) -> None:
        """The job's end comes first, whatever its kind has to do after it."""
        self._end(work.id, verdict)
        try:
            kind.failed(work, verdict.message or "")
        except ControlPlaneError as error:
            log.warning("What the job %s (%s) left behind is not known: %s", work.id, kind.name, error)

    def _settle(self, running: list[Job]) -> None:
        """Jobs that have run, here or under an earlier director, and whose kind decides by what it sees."""
        for job in running:
            settle = self._kinds[job.kind].settle if job.kind in self._kinds else None
            if settle is None or job.id in self._under_way:
                continue
            try:
                verdict = settle(self._work(job))
            except ControlPlaneError as error:
                log.warning("The outcome of the job %s (%s) is not known yet: %s", job.id, job.kind, error)
                continue
            if verdict is not None:
                self._end(job.id, verdict)

    def _work(self, job: Job) -> Work:
        world = {"settings": self._settings, "adapters": self._adapters, "database": self._database}
        return Work(job.id, job.asked_by, job.inputs, job.result or {}, **world)  # type: ignore[arg-type]

    def _end(self, job_id: str, verdict: Verdict) -> None:
        with self._database.begin() as session:
            jobs.end(session, session.get_one(Job, job_id), verdict)
