"""The reaper closes only what it can prove is not needed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from controlplane import clock, leases, presence, reaps
from controlplane.model import Desired, Node, User
from controlplane.ports import Activity
from controlplane.presence import LISTENERS
from controlplane.reaper import Reaper
from controlplane.records import Reap
from tests.unit.conftest import Time, World

GRACE = timedelta(seconds=120)
JUPYTER = {"paths": ["api/kernels"], "format": "jupyter"}


@pytest.fixture
def reaper(time: Time, world: World) -> Reaper:
    """It began together with the world."""
    return Reaper(world.database, world.adapters.prober, GRACE)


def beat(world: World, *parts: str) -> None:
    """Everybody who listens is alive."""
    with world.database.begin() as session:
        for part in parts or LISTENERS:
            presence.beat(session, part)


def be_here(world: World, tab: str = "tab-1") -> None:
    """One tab says so."""
    with world.database.begin() as session:
        presence.note_presence(session, session.get_one(User, world.user_id), world.project(session), tab)


def change(world: World, node_id: str, **values: object) -> None:
    """Write into the node's row."""
    with world.database.begin() as session:
        for name, value in values.items():
            setattr(session.get_one(Node, node_id), name, value)


def live(world: World, time: Time, seconds: int, do: Callable[[], object] = lambda: None) -> None:
    """Time goes on while everybody listens."""
    for _ in range(0, seconds, 10):
        beat(world)
        do()
        time.pass_by(seconds=10)
    beat(world)


def jupyter(world: World) -> Node:
    """A node whose service can be asked; it runs."""
    node_id = world.add_node()
    world.settle()
    change(world, node_id, activity=JUPYTER)
    return world.node(node_id)


def rows(world: World) -> list[Reap]:
    """The reaper's decisions, the newest first."""
    with world.database.begin() as session:
        return reaps.list_reaps(session)


def test_a_node_without_any_tab_is_closed_after_the_grace_period_with_its_evidence(
    world: World, time: Time, reaper: Reaper
) -> None:
    node_id = world.add_node()
    live(world, time, 130)
    assert reaper.reap() == [node_id]
    node = world.node(node_id)
    assert node.desired == Desired.STOPPED
    assert "no tab of this project open since" in (node.closed_because or "")
    [row] = rows(world)
    assert (row.kind, row.node_id, row.project_id, row.sentence) == ("node", node_id, world.project_id, node.closed_because)
    assert row.evidence["grace_seconds"] == 120
    assert row.evidence["started_at"].endswith("+00:00")
    assert row.evidence["last_tab_at"] is None


def test_a_node_is_left_alone_within_the_grace_period(world: World, time: Time, reaper: Reaper) -> None:
    world.add_node()
    live(world, time, 110)
    assert reaper.reap() == []
    assert rows(world) == []


def test_an_open_tab_keeps_a_node_for_as_long_as_it_is_there(world: World, time: Time, reaper: Reaper) -> None:
    world.add_node()
    live(world, time, 600, lambda: be_here(world))
    assert reaper.reap() == []


def test_a_page_in_use_keeps_its_node(world: World, time: Time, reaper: Reaper) -> None:
    node_id = world.add_node()
    live(world, time, 600, lambda: change(world, node_id, used_at=clock.now()))
    assert reaper.reap() == []
    live(world, time, 130)
    assert reaper.reap() == [node_id]
    assert "its page not used since" in (world.node(node_id).closed_because or "")


@pytest.mark.parametrize("part", LISTENERS)
def test_silence_proves_nothing_while_somebody_did_not_listen(world: World, time: Time, reaper: Reaper, part: str) -> None:
    """One part was away for minutes: no sign of life could reach it."""
    world.add_node()
    live(world, time, 20, lambda: be_here(world))
    others = [other for other in LISTENERS if other != part]
    for _ in range(30):
        time.pass_by(seconds=10)
        beat(world, *others)
    beat(world)
    assert reaper.reap() == []
    assert part in str(reaper.health.body()["vetoes"])
    live(world, time, 100)
    assert reaper.reap() == []
    live(world, time, 30)
    assert len(reaper.reap()) == 1
    assert reaper.health.body()["vetoes"] == []


@pytest.mark.parametrize("part", ["web", "authentication"])
def test_a_part_that_started_again_has_not_listened_before(world: World, time: Time, reaper: Reaper, part: str) -> None:
    world.add_node()
    live(world, time, 120)
    with world.database.begin() as session:
        presence.begin(session, part)
    live(world, time, 110)
    assert reaper.reap() == []
    live(world, time, 30)
    assert len(reaper.reap()) == 1


def test_silence_proves_nothing_without_any_heartbeat(world: World, time: Time, reaper: Reaper) -> None:
    world.add_node()
    time.pass_by(days=1)
    assert reaper.reap() == []


@pytest.mark.parametrize("jump", [3600, -300, 6])
def test_a_clock_that_jumped_closes_nothing_for_a_grace_period(world: World, time: Time, reaper: Reaper, jump: int) -> None:
    world.add_node()
    live(world, time, 110)
    reaper.reap()
    time.jump(seconds=jump)
    assert reaper.reap() == []
    live(world, time, 110)
    assert reaper.reap() == []
    if jump == 6:
        assert f"jumped by {jump} s" in str(reaper.health.body()["vetoes"])
    live(world, time, 400 if jump < 0 else 30)
    assert len(reaper.reap()) == 1


def test_a_director_that_has_just_started_closes_nothing(world: World, time: Time) -> None:
    world.add_node()
    live(world, time, 600)
    assert Reaper(world.database, world.adapters.prober, GRACE).reap() == []


def test_a_closed_node_is_not_closed_again(world: World, time: Time, reaper: Reaper) -> None:
    node_id = world.add_node()
    world.stop(node_id)
    live(world, time, 130)
    assert reaper.reap() == []
    assert world.node(node_id).closed_because == "You closed it."


def test_a_failed_node_keeps_its_reason(world: World, time: Time, reaper: Reaper) -> None:
    node_id = world.add_node()
    change(world, node_id, failure="It broke.")
    live(world, time, 130)
    assert reaper.reap() == []
    assert world.node(node_id).failure == "It broke."


def test_a_service_that_a_client_of_v0_started_is_not_closed_for_want_of_a_tab(world: World, time: Time, reaper: Reaper) -> None:
    node_id = world.add_node()
    change(world, node_id, is_published=True)
    live(world, time, 130)
    assert reaper.reap() == []


def test_a_node_that_the_user_keeps_runs_until_then(world: World, time: Time, reaper: Reaper) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        leases.keep(session, world.project(session), session.get_one(Node, node_id), clock.now() + timedelta(minutes=10))
    live(world, time, 590)
    assert reaper.reap() == []
    live(world, time, 20)
    assert reaper.reap() == [node_id]
    assert "as you asked" in (world.node(node_id).closed_because or "")


def test_a_services_own_grace_counts(world: World, time: Time, reaper: Reaper) -> None:
    short, long = world.add_node(), world.add_node()
    change(world, short, grace=20)
    change(world, long, grace=600)
    live(world, time, 30)
    assert reaper.reap() == [short]
    live(world, time, 500)
    assert reaper.reap() == []
    live(world, time, 100)
    assert reaper.reap() == [long]


def test_a_tab_is_remembered_for_as_long_as_the_longest_grace(world: World, time: Time, reaper: Reaper) -> None:
    node_id = world.add_node()
    change(world, node_id, grace=86_400)
    time.pass_by(hours=20)
    be_here(world)
    time.pass_by(hours=23)
    reaper.reap()
    with world.database.begin() as session:
        assert presence.last_seen(session, world.project_id) is not None


def test_a_busy_kernel_keeps_its_node_for_as_long_as_it_computes(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    world.adapters.prober.says[node.route] = Activity(is_busy=True)
    live(world, time, 1200, reaper.reap)
    assert world.node(node.id).desired == Desired.RUNNING
    world.adapters.prober.says[node.route] = Activity(is_busy=False, last_at=clock.now() - GRACE)
    live(world, time, 20)
    assert reaper.reap() == [node.id]
    assert "kernel idle since" in (world.node(node.id).closed_because or "")


def test_a_kernel_that_was_at_work_within_the_grace_keeps_its_node(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    live(world, time, 130)
    world.adapters.prober.says[node.route] = Activity(is_busy=False, last_at=clock.now() - timedelta(seconds=60))
    assert reaper.reap() == []
    live(world, time, 50)
    assert reaper.reap() == []
    live(world, time, 20)
    assert reaper.reap() == [node.id]


def test_a_page_that_is_connected_keeps_its_node(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    world.adapters.prober.says[node.route] = Activity(is_busy=False, connections=1)
    live(world, time, 600, reaper.reap)
    assert world.node(node.id).desired == Desired.RUNNING
    world.adapters.prober.says[node.route] = Activity(is_busy=False)
    live(world, time, 140, reaper.reap)
    assert world.node(node.id).desired == Desired.STOPPED


def test_a_service_that_does_not_say_what_it_does_is_never_idle(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    live(world, time, 600, reaper.reap)
    assert world.node(node.id).desired == Desired.RUNNING
    assert node.id in str(reaper.health.body()["vetoes"])


def test_a_label_that_is_not_understood_is_never_idle(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    change(world, node.id, activity={"paths": [], "format": "unclear"})
    live(world, time, 600, reaper.reap)
    assert world.node(node.id).desired == Desired.RUNNING
    assert world.adapters.prober.asked == []


def test_an_answer_that_never_comes_is_unknown_and_holds_nobody_else_up(world: World, time: Time) -> None:
    import threading

    release, node, other = threading.Event(), jupyter(world), world.add_node()
    world.adapters.prober.activity = lambda *_: release.wait(30) and None
    reaper = Reaper(world.database, world.adapters.prober, GRACE, patience=0.2)
    live(world, time, 130)
    assert reaper.reap() == [other]
    release.set()
    assert world.node(node.id).desired == Desired.RUNNING


def test_only_nodes_whose_lease_is_ending_are_asked(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    live(world, time, 50, reaper.reap)
    live(world, time, 200, lambda: (be_here(world), reaper.reap()))
    assert world.adapters.prober.asked == []
    live(world, time, 80, reaper.reap)
    assert set(world.adapters.prober.asked) == {node.route}


def test_a_tab_that_opens_while_the_service_is_asked_saves_the_node(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    live(world, time, 130)

    def answer(*_: object) -> Activity:
        be_here(world)
        return Activity(is_busy=False)

    world.adapters.prober.activity = answer
    assert reaper.reap() == []
    assert world.node(node.id).desired == Desired.RUNNING


def test_a_node_that_is_started_again_while_it_is_asked_is_not_closed(world: World, time: Time, reaper: Reaper) -> None:
    node = jupyter(world)
    live(world, time, 130)

    def answer(*_: object) -> Activity:
        world.stop(node.id)
        world.start(node.id)
        return Activity(is_busy=False)

    world.adapters.prober.activity = answer
    assert reaper.reap() == []
    assert world.node(node.id).asked_at is None


def test_without_the_lock_of_the_one_director_nothing_is_closed(world: World, time: Time, reaper: Reaper) -> None:
    node_id = world.add_node()
    live(world, time, 130)
    reaper.run(lambda: False)
    assert world.node(node_id).desired == Desired.RUNNING
    reaper.run(lambda: True)
    assert world.node(node_id).desired == Desired.STOPPED


def test_a_database_that_is_away_closes_nothing_and_is_said_after_a_minute(
    world: World, time: Time, reaper: Reaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_node()
    reaper.run()
    assert reaper.health.wrong() is None

    def fail() -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(world.database, "begin", fail)
    time.pass_by(seconds=50)
    reaper.run()
    assert reaper.health.wrong() is None
    time.pass_by(seconds=20)
    said = reaper.health.wrong()
    assert said is not None
    assert "has not passed for more than 60 s" in said
    assert "OperationalError" in said


def test_a_veto_is_said_since_it_began(world: World, time: Time, reaper: Reaper) -> None:
    world.add_node()
    time.pass_by(seconds=130)
    reaper.reap()
    [before] = reaper.health.body()["vetoes"]
    time.pass_by(seconds=30)
    reaper.reap()
    assert reaper.health.body()["vetoes"] == [before]


def test_decisions_are_forgotten_after_ninety_days(world: World, time: Time, reaper: Reaper) -> None:
    world.add_node()
    live(world, time, 130)
    reaper.reap()
    for days, count in ((89, 1), (2, 0)):
        time.pass_by(days=days)
        with world.database.begin() as session:
            reaps.forget_old(session)
        assert len(rows(world)) == count
