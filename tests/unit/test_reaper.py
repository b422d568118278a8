"""The reaper closes only what it can prove is not needed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane import presence
from controlplane.clock import now
from controlplane.model import Desired, Node, User
from controlplane.presence import lease_expires
from controlplane.reaper import reap
from tests.unit.conftest import Time, World

GRACE = timedelta(seconds=120)


def beat(world: World) -> None:
    """The web part is alive."""
    with world.database.begin() as session:
        presence.beat(session, "web")


def be_here(world: World, tab: str = "tab-1") -> None:
    """One tab says so."""
    with world.database.begin() as session:
        presence.note_presence(session, session.get_one(User, world.user_id), world.project(session), tab)


def live(world: World, time: Time, seconds: int, with_tab: bool = False) -> None:
    """Time goes on while the web part is alive."""
    for _ in range(0, seconds, 10):
        beat(world)
        if with_tab:
            be_here(world)
        time.pass_by(seconds=10)
    beat(world)


def test_a_node_without_any_tab_is_closed_after_the_grace_period(world: World, time: Time) -> None:
    node_id = world.add_node()
    live(world, time, 130)
    assert reap(world.database, GRACE) == [node_id]
    node = world.node(node_id)
    assert node.desired == Desired.STOPPED
    assert "no tab of this project open since" in (node.closed_because or "")


def test_a_node_is_left_alone_within_the_grace_period(world: World, time: Time) -> None:
    world.add_node()
    live(world, time, 110)
    assert reap(world.database, GRACE) == []


def test_an_open_tab_keeps_a_node_for_as_long_as_it_is_there(world: World, time: Time) -> None:
    world.add_node()
    live(world, time, 3600, with_tab=True)
    assert reap(world.database, GRACE) == []


def test_silence_proves_nothing_while_nobody_listened(world: World, time: Time) -> None:
    """The web part was away for an hour: no tab could say that it is there."""
    world.add_node()
    live(world, time, 20, with_tab=True)
    time.pass_by(hours=1)
    beat(world)
    assert reap(world.database, GRACE) == []
    live(world, time, 100)
    assert reap(world.database, GRACE) == []


def test_silence_proves_nothing_without_any_heartbeat(world: World, time: Time) -> None:
    world.add_node()
    time.pass_by(days=1)
    assert reap(world.database, GRACE) == []


def test_a_closed_node_is_not_closed_again(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.stop(node_id)
    live(world, time, 130)
    assert reap(world.database, GRACE) == []
    assert world.node(node_id).closed_because == "You closed it."


def test_a_service_that_a_client_of_v0_started_is_not_closed_for_want_of_a_tab(world: World, time: Time) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        session.get_one(Node, node_id).is_published = True
    live(world, time, 130)
    assert reap(world.database, GRACE) == []


@given(seen=st.one_of(st.none(), st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(now().tzinfo))))
def test_a_lease_never_ends_before_the_grace_after_the_last_sign_of_life(seen: datetime | None) -> None:
    node = Node(desired_at=now())
    expires = lease_expires(node, seen, GRACE)
    assert expires >= node.desired_at + GRACE
    assert seen is None or expires >= seen + GRACE


def test_a_lease_of_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        lease_expires(Node(desired_at=datetime(2026, 1, 1)), None, GRACE)
