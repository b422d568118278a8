"""Whatever fails and whenever, no needed node is closed and no owned service removed; what nobody needs goes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from controlplane import accounts, catalogue, clock, presence, projects
from controlplane.database import Database
from controlplane.errors import SwarmUnreadable
from controlplane.model import Desired, Node, User
from controlplane.ports import Activity
from controlplane.presence import LISTENERS
from controlplane.reaper import Reaper
from controlplane.reconcile import Reconciler
from controlplane.settings import Settings
from tests.support.fakes import fake_adapters
from tests.unit.conftest import Time, World

GRACE = timedelta(seconds=30)
TICK = 5
BOUNDS = settings(
    max_examples=12,
    # What is found is printed as it was found: making it shorter takes longer than the search.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class FlakyDatabase(Database):
    """Fails when a test says so: at the beginning of a transaction, or at its end."""

    faults: list[str] = []  # noqa: RUF012  each machine sets its own

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """See ``Database.begin``."""
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "away":
            raise OperationalError("begin", {}, Exception("the database is away"))
        with super().begin() as session:
            yield session
            if fault == "lost":
                raise OperationalError("commit", {}, Exception("the connection was lost"))


class Machine(RuleBasedStateMachine):
    """A control plane in memory, and a clock in our hands."""

    schema = b""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "rows.db"
        path.write_bytes(self.schema)
        self._patch = pytest.MonkeyPatch()
        self.time = Time(self._patch)
        chosen = Settings(database_url=f"sqlite:///{path}", stack="unit", lease_grace=int(GRACE.total_seconds()))
        self.rows = FlakyDatabase(chosen.database)
        # Nothing here outlives the test: no wait for the disk.
        event.listen(self.rows.engine, "connect", lambda dbapi, _: dbapi.execute("pragma synchronous=off"))
        event.listen(self.rows.engine, "connect", lambda dbapi, _: dbapi.execute("pragma journal_mode=memory").close())
        self.rows.faults = []
        adapters = fake_adapters()
        with self.rows.begin() as session:
            user = accounts.add_user(session, "ada@werkbank.example", "a good password", role="admin")
            project = projects.add_project(session, user, "Bone plate study")
        catalogue.refresh(self.rows, adapters.registry)
        self.world = World(self.rows, adapters, Reconciler(self.rows, adapters, chosen), user.id, project.id)

    @property
    def seconds(self) -> float:
        """What has really passed."""
        return clock.steady()

    @rule(
        by=st.sampled_from([0, 0, 0, 0, 0, 0, -3600, -7, 4, 7, 3600, 86_400]),
        faults=st.lists(st.sampled_from(["", "away", "lost"]), max_size=3),
    )
    def the_clock_jumps_and_the_database_fails(self, by: int, faults: list[str]) -> None:
        """Somebody sets the one, or the machine slept; the other does so in its next transactions."""
        self.time.jump(seconds=by)
        self.rows.faults = faults

    def teardown(self) -> None:
        """Everything is left as it was."""
        self.rows.faults = []
        self.world.reconciler.close()
        self.rows.engine.dispose()
        self._patch.undo()
        self._folder.cleanup()


class NeededNodes(Machine):
    """A node with a kernel, a page and tabs; every source of what is known of them may fail."""

    @initialize()
    def a_node_runs(self) -> None:
        """It has just been asked for."""
        self.reaper = Reaper(self.rows, self.world.adapters.prober, GRACE)
        self.node_id = self.world.add_node()
        self.world.settle(3)
        with self.rows.begin() as session:
            node = session.get_one(Node, self.node_id)
            node.activity, self.route = {"paths": ["api/kernels"], "format": "jupyter"}, node.route
        self.alive = dict.fromkeys(LISTENERS, True)
        self.told = dict.fromkeys(self.alive, self.seconds)
        self.tab_since: float | None = None
        self.is_page_used = self.is_busy = False
        self.answers = True
        self.used_at = self.worked_at = self.said_at = self.wished_at = self.seconds
        self.keep_until: datetime | None = None

    @rule(silent=st.sampled_from(["", "", *LISTENERS, "service"]))
    def a_source_fails_or_all_come_back(self, silent: str) -> None:
        """A part hears nothing while it is away; a service that is silent may be at work all the same."""
        self.answers = silent != "service"
        self.alive = {part: part != silent for part in self.alive}

    @rule(what=st.sampled_from(["tab", "page", "kernel", "all", ""]))
    def somebody_needs_it(self, what: str) -> None:
        """A tab and a page say so as soon as somebody hears it; of a kernel's work nobody is told."""
        was_open, was_busy = self.tab_since, self.is_busy
        self.tab_since = (was_open or self.seconds) if what in ("tab", "all") else None
        self.is_page_used, self.is_busy = what in ("page", "all"), what in ("kernel", "all")
        if was_busy != self.is_busy:
            # As Jupyter has it: of a long computation it says when that began.
            self.worked_at = self.said_at = self.seconds
        self._tell()

    @rule(seconds=st.sampled_from([0, 0, 60, 600]))
    def the_user_keeps_it(self, seconds: int) -> None:
        """Or no more."""
        self.keep_until = clock.now() + timedelta(seconds=seconds) if seconds else None
        self.rows.faults = []
        with self.rows.begin() as session:
            session.get_one(Node, self.node_id).keep_until = self.keep_until

    @rule(ticks=st.sampled_from([2, 8, 16]))
    def time_goes_on(self, ticks: int) -> None:
        """With a pass of the reaper each time."""
        for _ in range(ticks):
            self._tick()

    @rule()
    def nobody_needs_it(self) -> None:
        """All sources can be read: then it does not survive its grace period."""
        self.rows.faults = []
        self.a_source_fails_or_all_come_back("")
        self.somebody_needs_it("")
        self.the_user_keeps_it(0)
        # What was noted before a clock was set back counts until it is past.
        with self.rows.begin() as session:
            node = session.get_one(Node, self.node_id)
            node.used_at = node.active_at = None
            node.desired_at = min(node.desired_at, clock.now())
            presence.forget_old(session, timedelta(days=-3))
        self.used_at = -GRACE.total_seconds()
        before = self.closings
        for _ in range(2 * int(GRACE.total_seconds()) // TICK + 6):
            self._tick()
        assert self.closings > before, self.reaper.health.body()

    closings = 0

    def _tick(self) -> None:
        self.time.pass_by(seconds=TICK)
        self._tell()
        self._speak()
        self.reaper.run()
        faults, self.rows.faults = self.rows.faults, []
        node = self.world.node(self.node_id)
        if node.desired == Desired.STOPPED:
            assert self._needs() == []
            self.closings += 1
            self.world.start(self.node_id)
            self.world.settle(3)
            self.route, self.wished_at = self.world.node(self.node_id).route, self.seconds
            with self.rows.begin() as session:
                session.get_one(Node, self.node_id).activity = node.activity
            self.keep_until = None
        self.rows.faults = faults

    def _tell(self) -> None:
        """What the parts that are alive write, when the database lets them."""
        if self.is_busy:
            self.worked_at = self.seconds
        for part in [part for part, is_alive in self.alive.items() if is_alive]:
            with suppress(OperationalError):
                self._write(part)
                # Only what came through and was committed was told: a request that fails is no use, and a tab tries again.
                self.told[part] = self.seconds if self.alive["gateway"] else self.told[part]

    def _write(self, part: str) -> None:
        with self.rows.begin() as session:
            presence.beat(session, part)
            if part == "web" and self.tab_since is not None and self.alive["gateway"]:
                user = session.get_one(User, self.world.user_id)
                presence.note_presence(session, user, self.world.project(session), "tab")
            if part == "authentication" and self.is_page_used and self.alive["gateway"]:
                session.get_one(Node, self.node_id).used_at = clock.now()
        if part == "authentication" and self.is_page_used and self.alive["gateway"]:
            self.used_at = self.seconds

    def _speak(self) -> None:
        ago = timedelta(seconds=self.seconds - self.said_at)
        says = {self.route: Activity(self.is_busy, clock.now() - ago)}
        self.world.adapters.prober.says = says if self.answers else {}

    def _needs(self) -> list[str]:
        """Why the node is needed, as only we know."""
        grace = GRACE.total_seconds()
        # A tab that opened while it could tell nobody, for less than a heartbeat's gap, is beyond anybody's knowledge.
        is_untold = self.told["web"] < (self.tab_since or 0)
        is_brief = self.seconds - self.told["web"] <= presence.HEARTBEAT_GAP.total_seconds()
        reasons: dict[str, Any] = {
            "a tab is open": self.tab_since is not None and not (is_untold and is_brief),
            "its kernel computes": self.is_busy,
            "its kernel has just computed": self.seconds - self.worked_at < grace,
            "its page is used": self.seconds - self.used_at < grace,
            "it was just asked for": self.seconds - self.wished_at < grace,
            "the user keeps it": self.keep_until is not None and self.keep_until > clock.now(),
        }
        return [reason for reason, is_true in reasons.items() if is_true]


class OwnedServices(Machine):
    """Services with and without an owner; the swarm, the database and the clock may fail."""

    @initialize()
    def begin(self) -> None:
        """Nothing runs yet."""
        self.owned: set[str] = set()
        self.lost: set[str] = set()
        self.unclear: set[str] = set()
        self.added = 0

    @precondition(lambda self: len(self.owned | self.lost) < 4)
    @rule()
    def a_node_is_added(self) -> None:
        """And runs."""
        self.rows.faults = []
        self.world.adapters.swarm.is_away = False
        self.owned.add(self.world.add_node())
        self.added += 1
        self.world.settle(3)

    @precondition(lambda self: self.owned)
    @rule(data=st.data())
    def a_row_is_lost(self, data: st.DataObject) -> None:
        """Its service is still there."""
        node_id = data.draw(st.sampled_from(sorted(self.owned)))
        self.rows.faults = []
        with self.rows.begin() as session:
            session.delete(session.get_one(Node, node_id))
        self.owned.discard(node_id)
        self.lost.add(node_id)

    @precondition(lambda self: self.owned | self.lost)
    @rule(data=st.data())
    def a_label_is_of_tomorrow_or_not(self, data: st.DataObject) -> None:
        """A label that this version does not know."""
        self.unclear ^= {data.draw(st.sampled_from(sorted(self.owned | self.lost)))}
        self.world.adapters.swarm.unclear = {f"echo_{node_id}": "it has the label werkbank.slot" for node_id in self.unclear}

    @rule()
    def the_swarm_goes_or_comes_back(self) -> None:
        """Its manager does not answer."""
        self.world.adapters.swarm.is_away = not self.world.adapters.swarm.is_away

    @rule(seconds=st.sampled_from([1, 10, 31, 100]), looks=st.integers(1, 3))
    def the_loop_looks(self, seconds: int, looks: int) -> None:
        """And acts on what it sees."""
        self.time.pass_by(seconds=seconds)
        for _ in range(looks):
            with suppress(SwarmUnreadable, OperationalError):
                self.world.reconciler.look()
            self.world.reconciler.join()
        there = {seen.node_id for _, seen in self.world.adapters.swarm.services.values()}
        assert there >= self.owned | (self.lost & self.unclear)
        assert len(self.world.adapters.swarm.starts) == self.added, "nothing was closed and started again"
        self.lost &= there
        if self.owned:
            assert self.world.adapters.swarm.networks

    @rule()
    def everything_can_be_read(self) -> None:
        """Then two looks, a wait apart, leave nothing that nobody owns."""
        self.rows.faults, self.unclear = [], set()
        self.world.adapters.swarm.is_away, self.world.adapters.swarm.unclear = False, {}
        for seconds in (0, GRACE.total_seconds() + 1, 31):
            self.time.pass_by(seconds=seconds)
            self.world.settle(2)
        there = {seen.node_id for _, seen in self.world.adapters.swarm.services.values()}
        assert there == self.owned
        assert len(self.world.adapters.swarm.starts) == self.added
        self.lost = set()


@pytest.mark.parametrize("machine", [NeededNodes, OwnedServices])
def test_no_fault_closes_what_somebody_wants_and_the_rest_goes(machine: type[Machine], empty: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    machine.schema = empty.read_bytes()
    run_state_machine_as_test(machine, settings=BOUNDS)


@pytest.mark.parametrize(
    ("silent", "need"),
    [
        *(("", "kernel"), ("", "page"), ("", "tab"), ("web", "tab"), ("gateway", "tab"), ("gateway", "page")),
        *(("service", "kernel"), ("authentication", "kernel")),
    ],
)
def test_each_need_alone_keeps_a_node_whichever_source_is_silent(silent: str, need: str, empty: Path) -> None:
    NeededNodes.schema = empty.read_bytes()
    history = NeededNodes()
    try:
        history.a_node_runs()
        history.a_source_fails_or_all_come_back(silent)
        history.somebody_needs_it(need)
        history.time_goes_on(20)
        assert history.closings == 0
        history.nobody_needs_it()
    finally:
        history.teardown()
