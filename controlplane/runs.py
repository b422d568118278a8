"""Runs of playbooks: stored as they happen, so that a person can read, follow, cancel and repeat them."""

import logging
import shlex
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, delete, func, or_, select, tuple_
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from controlplane import journal, masking
from controlplane.clock import now
from controlplane.database import Database, ring_run
from controlplane.errors import Conflict, RunNotFound
from controlplane.model import Node, Run, RunEvent, RunState
from controlplane.ports import Event, Outcome

log = logging.getLogger(__name__)

# The longest text that is kept of one event; what a program says in its first and last words is what matters.
MESSAGE_LIMIT = 4000
_AWAY = (OperationalError, InterfaceError)
_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
# Seconds in which the events of a run share a transaction.
_TOGETHER = 0.1
_FORGET_AT_ONCE = 500
INTERRUPTED = "The director was restarted while the run was under way; the loop repeats what is needed."
CANCELED = "An administrator canceled the run. What it had done stays; the loop goes on from there."

# Two runs may begin in the same moment.
_NEWEST_FIRST = (Run.started_at.desc(), Run.id.desc())

Also = Callable[[Session], None]


def _nothing(_: Session) -> None:
    pass


class Recorder:
    """Writes one run and its events, and to its nodes that it was the last about them. Its sequence numbers have no gaps, for
    it is the run's only writer.

    An event that comes right after another is written with the next one, within a second (``is_cancel_asked`` is asked that
    often). While the database is away all wait in memory, in order.
    """

    def __init__(self, database: Database, playbook: str, node_ids: list[str], inputs: Any, secrets: Iterable[str] = ()):
        self._database, self._seq = database, 0
        self._mask = masking.Mask(secrets)
        self._waiting: list[tuple[dict[str, Any], Also]] = []
        # After a write that failed nobody knows whether it was committed before the connection broke.
        self._is_in_doubt = False
        self._pause, self._again_at, self._written_at = 0.0, 0.0, -_TOGETHER
        with database.begin() as session:
            run = Run(playbook=playbook, node_ids=node_ids, inputs=self._mask.inputs(inputs), started_at=now())
            session.add(run)
            session.flush()
            self.id = run.id
            for node in session.scalars(select(Node).where(Node.id.in_(node_ids))):
                node.run_id = run.id
            _note(session, journal.Action.START, run)

    def note(self, event: Event, also: Also | None = None) -> None:
        """Store an event, and whatever else belongs into the same transaction: that is told at once. Never raises for a
        database that is away."""
        self._seq += 1
        values = {
            "seq": self._seq,
            "at": now(),
            "kind": event.kind,
            "host": _short(event.host, 200),
            "task": _short(event.task, 300),
            "message": event.message and bounded(self._mask.text(event.message)),
            "changed": event.changed,
            "item": _short(event.item, 36),
            "duration": event.duration,
        }
        self._waiting.append((values, also or _nothing))
        if also or time.monotonic() - self._written_at >= _TOGETHER:
            self._try_to_write()

    def is_cancel_asked(self) -> bool:
        """Whether somebody wants the run to end. False while the database is away: nobody knows then."""
        self._try_to_write()
        try:
            with self._database.begin() as session:
                return session.scalar(select(Run.cancel_asked_at).where(Run.id == self.id)) is not None
        except _AWAY:
            return False

    def close(self, outcome: Outcome) -> None:
        """The run has ended. Waits for a database that is away: nothing is lost, and the loop could not look either."""
        pause = _PAUSE
        while True:
            try:
                self._write(lambda session: self._end(session, outcome))
                return
            except _AWAY as error:
                log.warning("The end of run %s waits for the database (%s).", self.id, type(error).__name__)
                threading.Event().wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _try_to_write(self) -> None:
        if not self._waiting or time.monotonic() < self._again_at:
            return
        try:
            self._write()
            self._pause, self._written_at = 0.0, time.monotonic()
        except _AWAY as error:
            self._pause = min(self._pause * 2 or _PAUSE, _LONGEST_PAUSE)
            self._again_at = time.monotonic() + self._pause
            log.warning("Events of run %s wait for the database (%s).", self.id, type(error).__name__)

    def _write(self, finally_also: Also = _nothing) -> None:
        """Write what waits, in one transaction."""
        is_in_doubt, self._is_in_doubt = self._is_in_doubt, True
        with self._database.begin() as session:
            written = self._last_written(session) if is_in_doubt else 0
            for values, also in self._waiting:
                if values["seq"] > written:
                    session.add(RunEvent(run_id=self.id, **values))
                    also(session)
            finally_also(session)
            ring_run(session, self.id)
        self._waiting, self._is_in_doubt = [], False

    def _last_written(self, session: Session) -> int:
        return session.scalar(select(func.max(RunEvent.seq)).where(RunEvent.run_id == self.id)) or 0

    def _end(self, session: Session, outcome: Outcome) -> None:
        run = session.get_one(Run, self.id)
        if outcome.is_canceled:
            return end(session, run, RunState.CANCELED, CANCELED)
        said = outcome.message or next(iter(outcome.failed.values()), None)
        message = said and bounded(self._mask.text(said))
        return end(session, run, RunState.SUCCEEDED if outcome.is_ok else RunState.FAILED, message)


def _note(session: Session, action: str, run: Run, **data: Any) -> None:
    one = run.node_ids[0] if len(run.node_ids) == 1 else None
    journal.note(session, action, "run", run.id, name=run.playbook, node_id=one, nodes=len(run.node_ids), **data)


def _short(text: str | None, most: int) -> str | None:
    return None if text is None else text.replace("\0", "")[:most]


def bounded(text: str, most: int = MESSAGE_LIMIT) -> str:
    """The text, or its beginning and its end with how much is left out between; without what no database keeps."""
    text = text.replace("\0", "")
    if len(text) <= most:
        return text
    tail = most // 4
    return f"{text[: most - tail]}\n[{len(text) - most} characters left out]\n{text[-tail:]}"


def end(session: Session, run: Run, state: RunState, message: str | None) -> None:
    """The run is over; nothing happens when it is already."""
    if run.state != RunState.RUNNING:
        return
    run.state, run.message, run.finished_at = state, message, now()
    _note(session, journal.Action.END, run, state=str(state))
    ring_run(session, run.id)


def ask_cancel(session: Session, run: Run) -> Run:
    """Somebody wants the run to end; the director sees it within a second or two. Raises ``Conflict`` when it has ended."""
    if run.state != RunState.RUNNING:
        raise Conflict(f"The run has ended already ({run.state}); nothing was changed.")
    if run.cancel_asked_at is None:
        run.cancel_asked_at = now()
        _note(session, journal.Action.CANCEL, run)
        ring_run(session, run.id)
    return run


def close_interrupted(session: Session) -> None:
    """Runs that a crash cut off are over; the loop repeats what they were about."""
    for run in session.scalars(select(Run).where(Run.state == RunState.RUNNING)):
        end(session, run, RunState.CANCELED, INTERRUPTED)


def forget_old(database: Database, keep_for: timedelta, keep: int) -> int:
    """Forget runs that are older than ``keep_for`` or not among the newest ``keep``; how many.

    What runs stays, and so does the run that a node's failure points to. In pieces, so that nobody waits for long.
    """
    forgotten = 0
    while True:
        with database.begin() as session:
            ids = _forgettable(session, keep_for, keep)
            session.execute(delete(Run).where(Run.id.in_(ids)))
        forgotten += len(ids)
        if len(ids) < _FORGET_AT_ONCE:
            return forgotten


def _forgettable(session: Session, keep_for: timedelta, keep: int) -> list[str]:
    ended = select(Run.id).where(Run.state != RunState.RUNNING)
    ended = ended.where(Run.id.not_in(select(Node.run_id).where(Node.failure.is_not(None), Node.run_id.is_not(None))))
    is_old = Run.started_at < now() - keep_for
    last = session.execute(select(Run.started_at, Run.id).order_by(*_NEWEST_FIRST).offset(keep - 1).limit(1)).first()
    if last is not None:
        is_old = or_(is_old, tuple_(Run.started_at, Run.id) < tuple_(*last))
    return list(session.scalars(ended.where(is_old).limit(_FORGET_AT_ONCE)))


def list_runs(
    session: Session, limit: int = 200, before: str | None = None, state: str | None = None, node_id: str | None = None
) -> list[Run]:
    """The newest runs: older than the run ``before``, in a state, about a node. Raises ``RunNotFound`` for ``before``."""
    query = select(Run).order_by(*_NEWEST_FIRST).limit(limit)
    if before is not None:
        older_than = get_run(session, before)
        query = query.where(tuple_(Run.started_at, Run.id) < tuple_(older_than.started_at, older_than.id))
    if state is not None:
        query = query.where(Run.state == state)
    if node_id is not None:
        query = query.where(cast(Run.node_ids, String).contains(f'"{node_id}"', autoescape=True))
    return list(session.scalars(query))


def get_run(session: Session, run_id: str) -> Run:
    """One run. Raises ``RunNotFound``."""
    run = session.get(Run, run_id)
    if run is None:
        raise RunNotFound
    return run


def events_after(session: Session, run: Run, seq: int, limit: int | None = None) -> list[RunEvent]:
    """The run's events after a sequence number, in order."""
    query = select(RunEvent).where(RunEvent.run_id == run.id, RunEvent.seq > seq)
    return list(session.scalars(query.order_by(RunEvent.seq).limit(limit)))


def command_of(run: Run) -> str:
    """How a person repeats the run by hand in a checkout, beside the run's inputs.json (`inputs_of`)."""
    words = [f"{name}=..." for name in masking.secrets_in(run.inputs)]
    return shlex.join([*words, "ansible-playbook", f"playbooks/{run.playbook}", "-e", "@inputs.json"])


def inputs_of(run: Run) -> dict[str, Any]:
    """The run's inputs as Ansible takes them; secrets come from the environment variables that the command names."""
    found: dict[str, Any] = masking.repeatable(run.inputs)
    return found
