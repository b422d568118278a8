"""The reaper: the scheduled job that wishes closed what provably nobody needs. It only changes *desired*.

It closes a node on evidence alone: its lease is over by what tabs, the gateway and the service itself say, and all of
them could have been heard for the whole grace period. Whatever cannot be known is a veto.
"""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import journal, leases, presence, reaps
from controlplane.clock import Watch, now
from controlplane.database import Database, ring
from controlplane.health import Health
from controlplane.leases import Holder, Lease
from controlplane.model import Desired, Node, Presence, Project
from controlplane.nodes import wish_stopped
from controlplane.ports import Activity, Prober
from controlplane.presence import LISTENERS

log = logging.getLogger(__name__)

_ASKS_AT_ONCE = 8
# Seconds for all questions of a pass; what has not answered by then is unknown.
_PATIENCE = 20.0
# A service that is at work is asked again after this pause only.
_ASK_AGAIN = timedelta(seconds=10)
# The longest grace of a service is a day; a tab is remembered for longer.
_REMEMBER_TABS = timedelta(seconds=leases.LONGEST) + timedelta(hours=1)

# By route: an answer is good for that incarnation alone.
Answers = dict[str, Activity | None]


class Reaper:
    """One per deployment; passes follow each other, in one thread."""

    def __init__(self, database: Database, prober: Prober, grace: timedelta, patience: float = _PATIENCE):
        self._database, self._prober, self._grace, self._patience = database, prober, grace, patience
        self._watch = Watch()
        self._threads = ThreadPoolExecutor(_ASKS_AT_ONCE, "ask")
        self.health = Health()

    def run(self, leads: Callable[[], bool] = lambda: True) -> None:
        """One pass, as a job: a failure is a sentence in the health, and changes nothing."""
        if not leads():
            return
        try:
            self.reap()
        except Exception as error:
            log.exception("A pass of the reaper failed; nothing was closed. It tries again in a moment.")
            self.health.fail(f"The last pass failed ({type(error).__name__}).")

    def reap(self) -> list[str]:
        """Close the nodes whose lease is over; their ids. Nodes that clients of the v0 contract started have no tabs;
        those clients close them.

        Raises what the database raises: nothing was closed then.
        """
        self._watch.look()
        at, vetoes = now(), dict[str, str]()
        with self._database.begin() as session:
            doubtful = self._doubtful(session, at)
        # Services are asked outside of any transaction.
        answers = self._ask(node for node in doubtful if self._is_asked(node, at))
        with self._database.begin() as session:
            closed = self._close(session, [node.id for node in doubtful], answers, vetoes)
            presence.forget_old(session, _REMEMBER_TABS)
        self.health.passed(vetoes)
        return closed

    # Looking ------------------------------------------------------------------------------------------------------

    def _doubtful(self, session: Session, at: datetime) -> list[Node]:
        """The nodes that have shown no sign by themselves for so long that their lease is over, or ending."""
        wanted = select(Node).where(Node.desired == Desired.RUNNING, Node.is_published.is_(False), Node.failure.is_(None))
        # Most projects have a tab open, and their nodes need not be loaded.
        watched = select(Presence.project_id).where(Presence.last_seen_at > at - timedelta(seconds=leases.SHORTEST))
        nodes = list(session.scalars(wanted.where(Node.project_id.not_in(watched))))
        found = leases.of_nodes(session, nodes, self._grace, at)
        return [node for node in nodes if _is_doubtful(found[node.id])]

    def _is_asked(self, node: Node, at: datetime) -> bool:
        is_known_busy = bool(node.is_busy) and node.asked_at is not None and timedelta() <= at - node.asked_at < _ASK_AGAIN
        return leases.can_be_asked(node) and not is_known_busy

    def _ask(self, nodes: Iterable[Node]) -> Answers:
        """What each service says of itself, those first whose last answer is oldest; None for what is not known."""
        oldest = sorted(nodes, key=lambda node: node.asked_at.timestamp() if node.asked_at else 0.0)
        asked: dict[str, Future[Activity | None]] = {node.route: self._threads.submit(self._ask_one, node) for node in oldest}
        wait(asked.values(), self._patience)
        for future in asked.values():
            future.cancel()
        return {route: _result(future) for route, future in asked.items()}

    def _ask_one(self, node: Node) -> Activity | None:
        question = node.activity or {}
        paths = [f"{node.path}/{path}" for path in question["paths"]]
        return self._prober.activity(node.route, node.port or 0, paths, question["format"])

    # Deciding -----------------------------------------------------------------------------------------------------

    def _close(self, session: Session, doubtful: list[str], answers: Answers, vetoes: dict[str, str]) -> list[str]:
        """Decide anew with the rows as they are now and the answers of this very pass."""
        query = select(Node).where(Node.id.in_(doubtful)).with_for_update(skip_locked=True)
        nodes = list(session.scalars(query)) if doubtful else []
        at = now()
        for node in nodes:
            _learn(node, answers, at)
        found = leases.of_nodes(session, nodes, self._grace, at)
        unknown = [node.id for node in nodes if found[node.id].held_by == Holder.UNKNOWN]
        if unknown:
            vetoes["unknown"] = f"Not closed, for what they do cannot be learned: {', '.join(unknown[:20])} ({len(unknown)})."
        over = [node for node in nodes if found[node.id].is_over(at) and (not node.activity or node.route in answers)]
        return [node.id for node in over if self._close_one(session, node, at, vetoes)]

    def _close_one(self, session: Session, node: Node, at: datetime, vetoes: dict[str, str]) -> bool:
        grace = leases.grace_of(node, self._grace)
        heard_since = self._heard_since(session, at, grace, vetoes)
        # A tab that opens now waits for this lock, or holds it: then somebody is coming, and nothing is closed.
        lock = select(Project.id).where(Project.id == node.project_id).with_for_update(skip_locked=True)
        if heard_since is None or session.scalar(lock) is None:
            return False
        seen_at = presence.last_seen(session, node.project_id)
        if not leases.lease_of(node, seen_at, self._grace, at).is_over(at):
            return False
        self._write(session, node, seen_at, at, heard_since)
        return True

    def _write(self, session: Session, node: Node, seen_at: datetime | None, at: datetime, heard_since: datetime) -> None:
        sentence = reaps.sentence_of(node, seen_at, at)
        evidence = reaps.evidence_of(node, seen_at, leases.grace_of(node, self._grace), heard_since)
        reaps.note(session, reaps.NODE, node.name, sentence, evidence, node_id=node.id, project_id=node.project_id)
        wish_stopped(node, sentence)
        with journal.acting_as("reaper"):
            journal.note_node(session, journal.Action.CLOSE, node, reason=sentence)
        ring(session, node.project_id)
        log.info("Node %s: %s", node.id, sentence)

    def _heard_since(self, session: Session, at: datetime, grace: timedelta, vetoes: dict[str, str]) -> datetime | None:
        """Since when everybody has been heard who could have said that the node is needed; None when that is not the whole
        grace period: silence proves nothing while nobody listened, and no moment while the clock jumped."""
        if self._watch.steady_for < grace:
            jumped = self._watch.jumped_by
            why = f"the clock jumped by {jumped.total_seconds():.0f} s" if jumped else "the director has just started"
            vetoes["clock"] = f"Nothing is closed until the grace period has passed again: {why}."
            return None
        since = at - self._watch.steady_for
        for part in LISTENERS:
            alive = presence.alive_since(session, part)
            if alive is None or alive > at - grace:
                vetoes[part] = f"Nothing is closed: {part} could not hear signs of life for the whole grace period."
                return None
            since = max(since, alive)
        return since


def _is_doubtful(lease: Lease) -> bool:
    return lease.is_ending or lease.held_by in (Holder.UNKNOWN, Holder.BUSY, Holder.CONNECTED)


def _learn(node: Node, answers: Answers, at: datetime) -> None:
    """Write what the service said, or that it said nothing, into its row."""
    if node.route not in answers:
        return
    said = answers[node.route]
    node.asked_at, node.is_busy = at, said.is_busy if said else None
    if said and said.connections:
        node.active_at = at
    elif said and said.last_at:
        node.active_at = max(said.last_at, node.active_at or said.last_at)


def _result(future: Future[Activity | None]) -> Activity | None:
    is_there = future.done() and not future.cancelled() and future.exception() is None
    return future.result() if is_there else None
