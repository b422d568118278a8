"""The loop: look at what is, compare with what is desired, act, look again.

It keeps nothing in memory that matters: kill it at any line, and the next look finds the way back. What it holds are
runs under way (`_busy`), because one node has one run at a time.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from controlplane.clock import now
from controlplane.database import Database, ring
from controlplane.errors import ControlPlaneError, SwarmUnreadable
from controlplane.model import Desired, Node, Observed, Project
from controlplane.orphans import Orphans
from controlplane.ports import Adapters, Event, NodeSpec, Order, Outcome, Seen, SwarmView
from controlplane.runs import Recorder
from controlplane.settings import Settings
from controlplane.spec import network_name, node_spec, variables

log = logging.getLogger(__name__)

PLAYBOOK = "node_apply.yml"
STEPS_TOTAL = 5
MAX_ATTEMPTS = 3
# What people read while a task of roles/node_service is at work.
_WORDS = {
    "Networks of the projects are there": "preparing the network",
    "Services of the nodes are there": "asking the swarm for the service",
    "Gateway is on the networks": "opening the way to the page",
}
NETWORK_AGAIN = timedelta(minutes=1)
_RUNS_AT_ONCE = 2


@dataclass
class Due:
    """What one look found to do."""

    present: list[NodeSpec] = field(default_factory=list)
    absent: list[Seen] = field(default_factory=list)
    networks_absent: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.present or self.absent or self.networks_absent)


class Reconciler:
    """One per deployment; `look` may be called at any time, by one thread."""

    def __init__(self, database: Database, adapters: Adapters, settings: Settings):
        self._database, self._adapters, self._settings = database, adapters, settings
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._runs = ThreadPoolExecutor(_RUNS_AT_ONCE, "run")
        self._under_way: list[Future[None]] = []
        self.orphans = Orphans(settings.stack, settings.grace)
        self._networks_asked: dict[str, datetime] = {}
        self.wake = threading.Event()
        self.looked_at: datetime | None = None

    def look(self) -> bool:
        """One pass. True while something is on its way, so that the next look should come soon.

        Raises ``SwarmUnreadable``: nothing was decided then.
        """
        # Busy before and after the view: a run that ends in between has made the view old news.
        busy = set(self._busy)
        view = self._adapters.swarm.view()
        seen = {item.node_id: item for item in view.seen}
        due = Due()
        with self._database.begin() as session:
            nodes = self._nodes_in_question(session, seen)
            for node in nodes:
                self._observe(session, node, seen.get(node.id))
            for node in nodes:
                if not {node.id, network_name(self._settings.stack, node.project_id)} & (busy | self._busy):
                    self._decide(session, node, seen.get(node.id), view, due)
            self._tidy(session, view, due, busy)
            self._forget_projects(session)
            is_moving = any(_is_moving(node) for node in nodes)
        if due:
            self._start_run(due, view)
        self.looked_at = now()
        return is_moving or bool(self._busy)

    def _nodes_in_question(self, session: Session, seen: dict[str, Seen]) -> list[Node]:
        query = select(Node).options(joinedload(Node.project))
        at_work = or_(Node.desired != Desired.STOPPED, Node.observed != Observed.ABSENT, Node.id.in_(list(seen)))
        return list(session.scalars(query.where(at_work)))

    # What is ------------------------------------------------------------------------------------------------------

    def _observe(self, session: Session, node: Node, seen: Seen | None) -> None:
        """Write what the swarm shows into the row: only `observed` and what explains it."""
        observed = self._observed(node, seen)
        if seen:
            node.host, node.published_port = seen.host, seen.published_port
        if observed != node.observed:
            node.observed, node.observed_at = observed, now()
            if observed == Observed.RUNNING:
                node.step, node.attempts, node.next_attempt_at, node.details = None, 0, None, None
                log.info("Node %s runs, %.1f s after it was asked for.", node.id, (now() - node.desired_at).total_seconds())
            ring(session, node.project_id)
        if seen and node.desired == Desired.RUNNING and not node.failure and seen.route == node.route:
            self._judge(session, node, seen)

    def _observed(self, node: Node, seen: Seen | None) -> Observed:
        if seen is None:
            return Observed.ABSENT
        if seen.observed != Observed.RUNNING or seen.route != node.route:
            return Observed.STARTING if seen.observed == Observed.RUNNING else seen.observed
        if node.observed == Observed.RUNNING:
            return Observed.RUNNING
        if node.desired == Desired.RUNNING and node.port is not None and self._page_answers(node):
            return Observed.RUNNING
        return Observed.STARTING

    def _page_answers(self, node: Node) -> bool:
        path = f"{node.path}/{node.entry_point.lstrip('/')}"
        return self._adapters.prober.answers(node.route, node.port or 0, path)

    def _judge(self, session: Session, node: Node, seen: Seen) -> None:
        """A start that failed, or that takes longer than its bound, ends with its reason."""
        if seen.observed == Observed.FAILED:
            self._fail(session, node, seen.why or "The service stopped by itself.", seen.details)
        elif node.observed == Observed.STARTING:
            if node.id not in self._busy:
                self._step(session, node, "waiting for the page" if seen.is_started else "waiting for a host", STEPS_TOTAL - 1)
            bound = timedelta(seconds=self._settings.start_timeout)
            if now() - max(node.desired_at, seen.created_at) > bound:
                what = "its page does not answer" if seen.is_started else "no host has started it"
                self._fail(
                    session,
                    node,
                    f"The service was started, but {what} after {bound.seconds} s, so it was closed again. Its files "
                    "are kept. Start it again, or ask an administrator for the log below.",
                    seen.details,
                )

    def _fail(self, session: Session, node: Node, why: str, details: str | None) -> None:
        node.failure, node.details, node.step = why, details, None
        log.warning("Node %s failed: %s", node.id, why)
        ring(session, node.project_id)

    def _step(self, session: Session, node: Node, step: str, done: int) -> None:
        if (node.step, node.steps_done) != (step, done):
            node.step, node.steps_done = step, done
            ring(session, node.project_id)

    # What to do ---------------------------------------------------------------------------------------------------

    def _decide(self, session: Session, node: Node, seen: Seen | None, view: SwarmView, due: Due) -> None:
        match node.desired, seen:
            case Desired.RUNNING, None if not node.failure:
                self._wish(session, node, due)
            case Desired.RUNNING, Seen() if node.failure or seen.route != node.route:
                due.absent.append(seen)
            case Desired.RUNNING, Seen() if self._is_cut_off(node, view):
                self._wish(session, node, due)
            case ((Desired.STOPPED | Desired.ABSENT), Seen()):
                if node.next_attempt_at is None or node.next_attempt_at <= now():
                    due.absent.append(seen)
            case Desired.ABSENT, None:
                session.delete(node)
                ring(session, node.project_id)

    def _is_cut_off(self, node: Node, view: SwarmView) -> bool:
        """The gateway was rescheduled and no longer sits on the project's network."""
        return bool(view.gateways) and network_name(self._settings.stack, node.project_id) not in view.attached

    def _wish(self, session: Session, node: Node, due: Due) -> None:
        if node.next_attempt_at is not None and node.next_attempt_at > now():
            return
        try:
            due.present.append(node_spec(session, node, self._settings))
        except ControlPlaneError as error:
            self._fail(session, node, str(error), None)

    def _tidy(self, session: Session, view: SwarmView, due: Due, busy: set[str]) -> None:
        """Services that belong to nobody, and networks that nobody needs."""
        found = self.orphans.find(session, view, due.absent, busy | self._busy)
        due.absent += found.services
        for name in found.networks:
            # An engine may go on showing a network that is gone: asking once a minute is enough.
            if now() - self._networks_asked.get(name, datetime.min.replace(tzinfo=UTC)) > NETWORK_AGAIN:
                self._networks_asked[name] = now()
                due.networks_absent.append(name)
        self._networks_asked = {name: at for name, at in self._networks_asked.items() if name in found.networks}

    def _forget_projects(self, session: Session) -> None:
        for project in session.scalars(select(Project).where(Project.removed_at.is_not(None), ~Project.nodes.any())):
            session.delete(project)

    # Acting -------------------------------------------------------------------------------------------------------

    def _start_run(self, due: Due, view: SwarmView) -> None:
        """What is due together goes into one run; each node is busy until it ends."""
        order = Order(tuple(due.present), tuple(due.absent), tuple(due.networks_absent), view.gateways)
        touched = {*order.node_ids, *order.networks_absent}
        with self._lock:
            self._busy |= touched
        self._under_way = [run for run in self._under_way if not run.done()]
        self._under_way.append(self._runs.submit(self._run, order, touched))

    def _run(self, order: Order, touched: set[str]) -> None:
        try:
            recorder = Recorder(self._database, PLAYBOOK, order.node_ids, variables(order, self._settings))
            with self._database.begin() as session:
                for node in self._rows(session, order):
                    node.run_id = recorder.id
            progress = _Progress(order, self)
            outcome = self._adapters.provisioner.apply(order, lambda event: recorder.note(event, progress.of(event)))
            recorder.close(outcome)
            self._learn(order, outcome)
        except Exception:
            log.exception("A run could not be carried out; the loop will try again.")
            self._learn(order, Outcome(False, "The run could not be carried out; the director's log has the details."))
        finally:
            with self._lock:
                self._busy -= touched
            self.wake.set()

    def _rows(self, session: Session, order: Order) -> list[Node]:
        return list(session.scalars(select(Node).where(Node.id.in_(order.node_ids))))

    def _learn(self, order: Order, outcome: Outcome) -> None:
        """A failed run is tried again with a back-off; after the last attempt its message is the node's reason."""
        if outcome.is_ok:
            return
        with self._database.begin() as session:
            for node in self._rows(session, order):
                message = outcome.failed.get(node.id) or outcome.message
                if message is None:
                    continue
                node.attempts += 1
                node.next_attempt_at = now() + timedelta(seconds=min(60, 2**node.attempts))
                node.details = message
                if node.desired == Desired.RUNNING and node.attempts >= MAX_ATTEMPTS:
                    self._fail(
                        session,
                        node,
                        f"The service could not be started: {message.splitlines()[0]} "
                        "Its files are kept. Start it again, or show the run to an administrator.",
                        message,
                    )
                else:
                    self._step(session, node, "trying again in a moment", 0)

    def join(self) -> None:
        """Wait for the runs under way."""
        wait(self._under_way)

    def close(self) -> None:
        """Wait for the runs under way, and start no others."""
        self._runs.shutdown(wait=True)


class _Progress:
    """Turns the events of a run into the steps that its nodes' users see."""

    def __init__(self, order: Order, reconciler: Reconciler):
        self._ids, self._step, self._done = [spec.node_id for spec in order.present], reconciler._step, 0

    def of(self, event: Event) -> Callable[[Session], None]:
        """What an event changes in the nodes' rows."""
        words = _WORDS.get(str(event.task).rpartition(" : ")[2]) if event.kind == "task" else None
        if words is None:
            return lambda _: None
        self._done += 1
        step, done = words, self._done

        def write(session: Session) -> None:
            for node in session.scalars(select(Node).where(Node.id.in_(self._ids), Node.desired == Desired.RUNNING)):
                self._step(session, node, step, done)

        return write


def _is_moving(node: Node) -> bool:
    return not node.failure and (
        (node.desired == Desired.RUNNING and node.observed != Observed.RUNNING)
        or (node.desired != Desired.RUNNING and node.observed != Observed.ABSENT)
    )


def run_loop(
    reconciler: Reconciler,
    stop: threading.Event,
    soon: float = 0.2,
    later: float = 2.0,
    leads: Callable[[], bool] = lambda: True,
) -> None:
    """Look until told to stop, or until another leads; an unreadable swarm is looked at again with a growing pause, never
    decided upon."""
    pause = soon
    while not stop.is_set() and leads():
        try:
            pause = soon if reconciler.look() else later
        except SwarmUnreadable as error:
            pause = min(pause * 2, 10.0)
            log.warning("%s Looking again in %.1f s.", error, pause)
        except Exception:
            pause = min(pause * 2, 10.0)
            log.exception("A look failed; nothing was decided. Looking again in %.1f s.", pause)
        reconciler.wake.wait(pause)
        reconciler.wake.clear()
