"""The loop: look at what is, compare with what is desired, act, look again.

It keeps nothing in memory that matters: kill it at any line, and the next look finds the way back. What it holds are
runs under way (`_busy`), because one node has one run at a time.
"""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload

from controlplane import causes, containers, journal, judging, opened, settled
from controlplane.clock import now
from controlplane.database import Database, ring
from controlplane.due import Due, lacking, making, pair
from controlplane.errors import ControlPlaneError
from controlplane.judging import Judge
from controlplane.model import Desired, Node, Observed, Project, Service
from controlplane.opened import Opened
from controlplane.orphans import Orphans
from controlplane.pages import Page, Pages
from controlplane.ports import Adapters, Attachment, Order, Outcome, Seen, SwarmView
from controlplane.progress import Progress
from controlplane.runs import CANCELED, Recorder
from controlplane.settings import Settings
from controlplane.settled import Row, Settled
from controlplane.slots_loop import Slots, awaits_page
from controlplane.slots_model import Slot
from controlplane.spec import network_name, node_specs, variables

log = logging.getLogger(__name__)

PLAYBOOK = "node_apply.yml"
MAX_ATTEMPTS = 3
NETWORK_AGAIN = timedelta(minutes=1)
ATTACH_AGAIN = timedelta(seconds=10)
LONGEST_PAUSE = 60
# Seconds that a burst of wishes is waited for at most, so that they share a run.
LONGEST_GATHER = 0.25
# A look that is as old as that says nothing of the engine as it is.
JUST = timedelta(seconds=10)
RUNS_AT_ONCE = 3
_IDS_A_STATEMENT = 500
# How long a node waits after its run was canceled: time to close it, if that is what was meant.
AFTER_CANCEL = timedelta(seconds=30)
_UNFORESEEN = "The run could not be carried out; the director's log has the details."


class Reconciler:
    """One per deployment; `look` may be called at any time, by one thread."""

    def __init__(self, database: Database, adapters: Adapters, settings: Settings):
        self._database, self._adapters, self._settings = database, adapters, settings
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._runs = ThreadPoolExecutor(RUNS_AT_ONCE, "run")
        self._pages = Pages(adapters.prober, self.hurry)
        self._orders: list[Order] = []
        self._under_way: list[Future[None]] = []
        self._judge = Judge(settings, adapters.swarm)
        self._asked: dict[str, datetime] = {}
        self._settled = Settled(settings.stack)
        self._slots = Slots(settings)
        self.orphans = Orphans(settings.stack, settings.grace)
        self.wake, self.is_hurried, self._wished_at = threading.Event(), False, 0.0
        self.looked_at: datetime | None = None
        # Whether something is on its way that nobody tells the loop of (`loop.UNASKED`).
        self.awaits_swarm = False

    def hurry(self) -> None:
        """Look at once: somebody waits for what is there now, and nothing that comes in a burst is to be waited for."""
        self.is_hurried = True
        self.wake.set()

    def wish(self) -> None:
        """Somebody wished for something; perhaps others do, too, in this moment."""
        self._wished_at = time.monotonic()
        self.wake.set()

    def look(self, gather: float = 0.0) -> bool:
        """One pass. True while something is on its way, so that the next look should come soon. What is desired is read once
        nobody has wished for anything for ``gather`` seconds; the swarm is read meanwhile.

        Raises ``SwarmUnreadable``: nothing was decided then.
        """
        begin = time.monotonic()
        # Busy before and after the view: a run that ends in between has made the view old news.
        busy = set(self._busy)
        view = self._adapters.swarm.view()
        self._gather(begin, gather)
        seen = {item.node_id: item for item in view.seen}
        due = Due()
        with self._database.begin() as session:
            nodes, slots_move = self._compare(session, view, seen, due, busy)
            moving = [node for node in nodes if _is_moving(node)]
        self._settled.remember(nodes, seen)
        for order in due.orders(view, frozenset(busy | self._busy)):
            self._start_run(order)
        waiting = [node for node in moving if node.id not in self._busy and not _is_up(node, seen.get(node.id))]
        self.awaits_swarm = slots_move or bool(waiting)
        self.looked_at = now()
        return slots_move or bool(moving or self._busy)

    def _compare(
        self, session: Session, view: SwarmView, seen: dict[str, Seen], due: Due, busy: set[str]
    ) -> tuple[list[Node], bool]:
        """Note what is, and what is due: the nodes that were looked at in full, and whether a slot is on its way."""
        # Slots before nodes: one that is claimed meanwhile is found as a node.
        slots = self._slots.read(session)
        rows = settled.read(session, seen)
        slots = [slot for slot in slots if slot.id not in rows]
        nodes = self._load(session, self._settled.others(rows, seen, view))
        rows |= {slot.id: settled.row_of(slot) for slot in slots}
        answering = self._answering(nodes, slots, seen)
        for node in nodes:
            self._observe(session, node, seen.get(node.id), node.id in answering)
        for node in nodes:
            if not self._is_waited_for(node, view, busy | self._busy):
                self._decide(session, node, seen.get(node.id), view, due)
        slots_move = self._slots.plan(session, slots)
        free = [slot for slot in slots if not self._is_waited_for(slot, view, busy | self._busy)]
        self._slots.observe(session, free, seen, answering)
        for slot in self._slots.decide(session, free, view, due, len(slots) - len(free)):
            self._attach(slot, view, due)
        projects = opened.read(session, self._settings)
        self._prepare(projects, view, due, busy | self._busy)
        self.orphans.keep(projects.kept)
        self._tidy(session, view, rows, due, busy)
        due.detach += opened.leaving(rows, view, due, self._settings.stack)
        self._forget_projects(session)
        return nodes, slots_move

    def _gather(self, begin: float, gather: float) -> None:
        longest = begin + max(gather, LONGEST_GATHER)
        while not self.is_hurried and (left := min(max(begin, self._wished_at) + gather, longest) - time.monotonic()) > 0:
            time.sleep(min(left, 0.01))

    @property
    def has_just_looked(self) -> bool:
        """Whether the engine could be read a moment ago."""
        return self.looked_at is not None and now() - self.looked_at < JUST

    def _load(self, session: Session, ids: list[str]) -> list[Node]:
        """The nodes in full, some hundreds at a time: a statement has room for so many ids only."""
        query, found = select(Node).options(joinedload(Node.project)), list[Node]()
        for start in range(0, len(ids), _IDS_A_STATEMENT):
            found += session.scalars(query.where(Node.id.in_(ids[start : start + _IDS_A_STATEMENT])))
        _hold_services(session, found)
        return found

    # What is ------------------------------------------------------------------------------------------------------

    def _answering(self, nodes: list[Node], slots: list[Slot], seen: dict[str, Seen]) -> set[str]:
        """Which of the nodes and slots that start have a page by now; they are asked beside the loop."""

        def is_asked(node: Node) -> bool:
            is_wanted = node.observed != Observed.RUNNING and not node.failure
            return is_wanted and _is_up(node, seen.get(node.id)) and node.port is not None

        asked = [node for node in nodes if is_asked(node)]
        every: list[Node | Slot] = [*asked, *(slot for slot in slots if awaits_page(slot, seen.get(slot.id)))]
        pages = [Page(each.route, each.port or 0, f"{each.path}/{each.entry_point.lstrip('/')}") for each in every]
        answers = self._pages.answers(pages)
        self._judge.answers |= {node.id: answers[node.route].said for node in asked}
        return {each.id for each in every if answers[each.route].is_there}

    def _observe(self, session: Session, node: Node, seen: Seen | None, answers: bool) -> None:
        """Write what the swarm shows into the row: only `observed` and what explains it."""
        observed = self._observed(node, seen, answers)
        if seen:
            node.host, node.published_port = seen.host, seen.published_port
        self._observe_containers(session, node, seen)
        if observed != node.observed:
            node.observed, node.observed_at = observed, now()
            journal.note_observed(session, node)
            if observed == Observed.RUNNING:
                node.step, node.attempts, node.next_attempt_at, node.details = None, 0, None, None
                node.answered_at = node.answered_at or now()
                self._judge.answers.pop(node.id, None)
                log.info("Node %s runs, %.1f s after it was asked for.", node.id, (now() - node.desired_at).total_seconds())
            ring(session, node.project_id)
        if seen and node.desired == Desired.RUNNING and not node.failure and seen.route == node.route:
            self._judge.judge(session, node, seen, node.id in self._busy)

    def _observe_containers(self, session: Session, node: Node, seen: Seen | None) -> None:
        """Each container's state; once the node has failed they stay as they were then, for that explains it."""
        is_old = seen is not None and seen.route != node.route
        shown = containers.shown(node.containers, None if is_old else seen)
        if not node.failure and shown != node.containers:
            node.containers = shown
            ring(session, node.project_id)

    def _observed(self, node: Node, seen: Seen | None, answers: bool) -> Observed:
        if seen is None:
            return Observed.ABSENT
        if seen.observed != Observed.RUNNING or seen.route != node.route:
            return Observed.STARTING if seen.observed == Observed.RUNNING else seen.observed
        is_whole = not containers.missing(node.containers, seen)
        # A node that runs and lost a container goes on running while that is brought back.
        return Observed.RUNNING if node.observed == Observed.RUNNING or (answers and is_whole) else Observed.STARTING

    # What to do ---------------------------------------------------------------------------------------------------

    def _decide(self, session: Session, node: Node, seen: Seen | None, view: SwarmView, due: Due) -> None:
        is_due = node.next_attempt_at is None or node.next_attempt_at <= now()
        match node.desired, seen:
            case Desired.ABSENT, None:
                session.delete(node)
                ring(session, node.project_id)
            case Desired.RUNNING, Seen() if not node.failure and seen.route == node.route:
                if is_due and containers.missing(node.containers, seen):
                    self._wish(session, node, seen, view, due)
                elif seen.is_started:
                    self._attach(node, view, due)
            case Desired.RUNNING, None:
                if is_due and not node.failure:
                    self._wish(session, node, None, view, due)
            case _, Seen():
                if is_due:
                    due.absent.append(seen)

    def _is_waited_for(self, node: Node | Slot, view: SwarmView, busy: set[str]) -> bool:
        """Whether a run is about the node, or its network is about to come or to go."""
        network = network_name(self._settings.stack, node.network_id)
        return bool({node.id, network} & busy) or (making(network) in busy and network not in view.networks)

    def _attach(self, node: Node | Slot, view: SwarmView, due: Due) -> None:
        """A gateway that was rescheduled is no longer on the project's network: it alone is attached again. The node's
        services are not touched, whatever its image or the settings say by now."""
        network = network_name(self._settings.stack, node.network_id)
        self._ask_for(lacking(view, network, node.project_id, network not in view.open_networks), due)

    def _ask_for(self, ways: list[Attachment], due: Due) -> None:
        there = self._busy | {pair(item) for item in due.attach}
        due.attach += [item for item in ways if pair(item) not in there and self._may_ask(pair(item), ATTACH_AGAIN)]

    def _prepare(self, projects: Opened, view: SwarmView, due: Due, busy: set[str]) -> None:
        """The networks of open projects, and the ways to them; not where one is about to go, or to come by a start."""
        networks, ways = opened.due(projects, view)
        anchors = opened.anchors_due(view, self._settings.stack)
        due.anchors += [each for each in anchors if each.name not in busy and self._may_ask(each.name, ATTACH_AGAIN)]
        coming = {spec.network for spec in due.present}
        for network in networks:
            word = making(network.name)
            if not {word, network.name} & busy and network.name not in coming and self._may_ask(word, ATTACH_AGAIN):
                due.networks.append(network)
        ready = view.networks | {network.name for network in due.networks}
        self._ask_for([item for item in ways if item.network in ready - coming - busy], due)

    def _may_ask(self, what: str, pause: timedelta) -> bool:
        """Whether it was not asked for within the pause: an engine may go on showing what is no longer so."""
        return now() - self._asked.get(what, datetime.min.replace(tzinfo=UTC)) > pause

    def _wish(self, session: Session, node: Node, seen: Seen | None, view: SwarmView, due: Due) -> None:
        """Of the node's services those that are not there and whose turn it is: what they depend on runs. A service that
        is there is never asked for again, for asking with other words would restart it."""
        try:
            specs = node_specs(session, node, self._settings, view)
        except ControlPlaneError as error:
            if node.observed != Observed.RUNNING:
                self._judge.fail(session, node, causes.of_error(error), None)
            return
        if {spec.name for spec in specs} != {container["name"] for container in node.containers}:
            node.containers = containers.shown(containers.expected(specs), seen)
        there = {container.name: container.observed for container in seen.seen_containers} if seen else {}
        runs = {name for name, observed in there.items() if observed == Observed.RUNNING}
        due.present += [spec for spec in specs if spec.name not in there and runs >= set(spec.after)]

    def _tidy(self, session: Session, view: SwarmView, rows: dict[str, Row], due: Due, busy: set[str]) -> None:
        """Services that belong to nobody, and networks that nobody needs."""
        found = self.orphans.find(session, view, rows, due.absent, busy | self._busy)
        due.absent += found.services
        due.networks_absent += [name for name in found.networks if self._may_ask(name, NETWORK_AGAIN)]
        oldest = now() - max(NETWORK_AGAIN, ATTACH_AGAIN)
        self._asked = {what: at for what, at in self._asked.items() if at > oldest}

    def _forget_projects(self, session: Session) -> None:
        for project in session.scalars(select(Project).where(Project.removed_at.is_not(None), ~Project.nodes.any())):
            session.delete(project)

    # Acting -------------------------------------------------------------------------------------------------------

    def _start_run(self, order: Order) -> None:
        """Start a run if there is room; each node is busy until it ends. Without room nothing is noted: a later look finds
        the same, and what has come due meanwhile, and puts it into one run."""
        asked = {*map(pair, order.attach), *(making(network.name) for network in order.networks)}
        asked |= {anchor.name for anchor in order.anchors}
        touched = {*order.node_ids, *order.networks_absent, *asked}
        with self._lock:
            is_tidying = any(running.networks_absent for running in self._orders)
            if len(self._orders) >= RUNS_AT_ONCE or (order.networks_absent and is_tidying):
                return
            self._orders.append(order)
            self._busy |= touched
        self._asked |= dict.fromkeys((*asked, *order.networks_absent), now())
        self._under_way = [run for run in self._under_way if not run.done()]
        self._under_way.append(self._runs.submit(self._run, order, touched))

    def _run(self, order: Order, touched: set[str]) -> None:
        try:
            inputs, secrets = variables(order, self._settings), self._settings.secrets
            recorder = Recorder(self._database, PLAYBOOK, order.node_ids, inputs, secrets)
            outcome = self._carry_out(order, recorder)
            recorder.close(outcome)
            self._learn(order, outcome)
        except Exception:
            log.exception("A run could not be recorded; the loop will try again.")
            self._learn(order, Outcome(False, _UNFORESEEN))
        finally:
            with self._lock:
                self._busy -= touched
                self._orders = [running for running in self._orders if running is not order]
            self.wake.set()

    def _carry_out(self, order: Order, recorder: Recorder) -> Outcome:
        """Run it; an error that nobody foresaw is an outcome, too, so that every run has an end."""
        progress = Progress(order)
        try:
            return self._adapters.provisioner.apply(
                order, lambda event: recorder.note(event, progress.of(event)), recorder.is_cancel_asked
            )
        except Exception:
            log.exception("A run could not be carried out; the loop will try again.")
            return Outcome(False, _UNFORESEEN)

    def _rows(self, session: Session, order: Order) -> list[Node]:
        return list(session.scalars(select(Node).where(Node.id.in_(order.node_ids))))

    def _learn(self, order: Order, outcome: Outcome) -> None:
        """A failed run is tried again with a back-off; after the last attempt its message is the node's reason."""
        if outcome.is_ok and not order.volumes_absent:
            return
        with self._database.begin() as session:
            self._slots.learn(session, order, outcome)
            for node in self._rows(session, order) if not outcome.is_ok else ():
                if outcome.is_canceled:
                    self._wait_after_cancel(session, node)
                    continue
                message = outcome.failed.get(node.id) or outcome.message
                if message is None:
                    continue
                node.attempts += 1
                pause = min(LONGEST_PAUSE, 2 ** min(node.attempts, 10))
                node.next_attempt_at, node.details = now() + timedelta(seconds=pause), message
                if node.desired != Desired.RUNNING or node.failure:
                    continue
                if node.attempts < MAX_ATTEMPTS and not causes.is_refused(message):
                    judging.step(session, node, "trying again in a moment", 0)
                    continue
                why = causes.failure("run-failed", words=message.splitlines()[0].rstrip("."))
                self._judge.fail(session, node, why, message)

    def _wait_after_cancel(self, session: Session, node: Node) -> None:
        """A canceled run says nothing about the service: it counts as no attempt, and the wish still stands."""
        node.next_attempt_at, node.details = now() + AFTER_CANCEL, CANCELED
        judging.step(session, node, f"an administrator canceled the run; trying again in {AFTER_CANCEL.seconds} s", 0)

    def join(self) -> None:
        """Wait for the runs under way."""
        wait(self._under_way)

    def close(self) -> None:
        """Wait for the runs under way, and start no others."""
        self._runs.shutdown(wait=True)
        self._pages.close()


def _hold_services(session: Session, nodes: list[Node]) -> None:
    """What the nodes are, in one query: a session forgets what nobody holds, and would ask for it again for each node."""
    wanted = {(node.service_key, node.service_version) for node in nodes}
    query = select(Service).where(tuple_(Service.key, Service.version).in_(wanted))
    session.info["services"] = list(session.scalars(query)) if wanted else []


def _is_moving(node: Node) -> bool:
    return not node.failure and (
        (node.desired == Desired.RUNNING and node.observed != Observed.RUNNING)
        or (node.desired != Desired.RUNNING and node.observed != Observed.ABSENT)
    )


def _is_up(node: Node, seen: Seen | None) -> bool:
    """Whether a node that is wanted has its containers, so that only its page is waited for."""
    is_up = seen is not None and seen.observed == Observed.RUNNING and seen.route == node.route
    return is_up and node.desired == Desired.RUNNING
