"""Runs of playbooks: stored as they happen, so that a person can read and repeat them."""

import shlex
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from controlplane.clock import now
from controlplane.database import Database
from controlplane.errors import RunNotFound
from controlplane.model import Run, RunEvent, RunState
from controlplane.ports import Event, Outcome

_KEEP = timedelta(days=14)


class Recorder:
    """Writes one run and its events; its sequence numbers have no gaps, for it is the run's only writer."""

    def __init__(self, database: Database, playbook: str, node_ids: list[str], inputs: dict[str, Any]):
        self._database, self._seq = database, 0
        with database.begin() as session:
            run = Run(playbook=playbook, node_ids=node_ids, inputs=inputs)
            session.add(run)
            session.flush()
            self.id = run.id

    def note(self, event: Event, also: Callable[[Session], None]) -> None:
        """Store an event, and whatever else belongs into the same transaction."""
        self._seq += 1
        with self._database.begin() as session:
            session.add(
                RunEvent(
                    run_id=self.id,
                    seq=self._seq,
                    kind=event.kind,
                    host=event.host,
                    task=event.task,
                    message=event.message,
                    changed=event.changed,
                )
            )
            also(session)

    def close(self, outcome: Outcome) -> None:
        """The run has ended."""
        with self._database.begin() as session:
            run = session.get_one(Run, self.id)
            run.state = RunState.SUCCEEDED if outcome.is_ok else RunState.FAILED
            run.message, run.finished_at = outcome.message, now()


def close_interrupted(session: Session) -> None:
    """Runs that a crash cut off are over; the loop repeats what they were about."""
    session.execute(
        update(Run)
        .where(Run.state == RunState.RUNNING)
        .values(
            state=RunState.CANCELED,
            finished_at=now(),
            message="The director was restarted; the loop repeats what is needed.",
        )
    )


def forget_old(session: Session) -> None:
    """Runs are kept for two weeks."""
    session.execute(delete(Run).where(Run.started_at < now() - _KEEP, Run.state != RunState.RUNNING))


def list_runs(session: Session, limit: int = 200) -> list[Run]:
    """The newest runs."""
    return list(session.scalars(select(Run).order_by(Run.started_at.desc()).limit(limit)))


def get_run(session: Session, run_id: str) -> Run:
    """One run. Raises ``RunNotFound``."""
    run = session.get(Run, run_id)
    if run is None:
        raise RunNotFound
    return run


def events_after(session: Session, run: Run, seq: int) -> list[RunEvent]:
    """The run's events after a sequence number, in order."""
    query = select(RunEvent).where(RunEvent.run_id == run.id, RunEvent.seq > seq)
    return list(session.scalars(query.order_by(RunEvent.seq)))


def command_of(run: Run) -> str:
    """How a person repeats the run by hand: save its inputs as inputs.json first."""
    return shlex.join(["ansible-playbook", f"playbooks/{run.playbook}", "-e", "@inputs.json"])
