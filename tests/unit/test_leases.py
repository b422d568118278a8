"""Until when somebody is known to need a node: what the pages show is what the reaper decides on."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controlplane import clock, leases, presence
from controlplane.errors import BadInput, Conflict, LabelError
from controlplane.leases import Holder, Lease, keep, label_of, lease_of
from controlplane.model import Desired, Node, User
from tests.unit.conftest import Time, World

GRACE = timedelta(seconds=120)
AT = clock.now()
MOMENTS = st.none() | st.timedeltas(timedelta(days=-30), timedelta(days=30)).map(lambda by: AT + by)
JUPYTER = {"paths": ["api/kernels"], "format": "jupyter"}


def node(**values: Any) -> Node:
    """A node that runs since long."""
    given = {"desired": Desired.RUNNING, "desired_at": AT - timedelta(hours=1), "type": "dynamic", "is_published": False}
    return Node(**given | values)


def lease(seen: timedelta | None = None, **values: Any) -> Lease:
    """The lease of such a node whose project was last open so long ago."""
    return lease_of(node(**values), None if seen is None else AT - seen, GRACE, AT)


def test_a_lease_has_no_end_while_a_tab_is_open() -> None:
    assert lease(timedelta(seconds=5)) == Lease(GRACE, held_by=Holder.TAB)


def test_a_lease_ends_a_grace_after_the_last_tab_and_warns_in_its_second_half() -> None:
    early, late = lease(timedelta(seconds=30)), lease(timedelta(seconds=70))
    assert (early.expires_at, early.is_ending) == (AT + timedelta(seconds=90), False)
    assert (late.expires_at, late.is_ending) == (AT + timedelta(seconds=50), True)


def test_a_warning_comes_five_minutes_before_the_end_at_most() -> None:
    assert leases.warning(timedelta(hours=2)) == timedelta(minutes=5)


def test_a_node_that_does_not_run_has_no_lease() -> None:
    assert lease(desired=Desired.STOPPED) == Lease(GRACE)
    assert lease(failure="It broke.") == Lease(GRACE)


def test_a_client_of_v0_holds_its_own_service() -> None:
    assert lease(is_published=True) == Lease(GRACE, held_by=Holder.CLIENT)


@pytest.mark.parametrize(
    ("row", "holder"),
    [
        ({"asked_at": AT, "is_busy": True}, Holder.BUSY),
        ({"asked_at": AT, "is_busy": False, "active_at": AT}, Holder.CONNECTED),
        ({"asked_at": AT, "is_busy": None}, Holder.UNKNOWN),
        ({}, Holder.UNKNOWN),
        ({"asked_at": AT - timedelta(minutes=1), "is_busy": False}, Holder.UNKNOWN),
        ({"asked_at": AT, "is_busy": False}, None),
    ],
)
def test_what_a_service_says_holds_its_lease_and_what_it_does_not_say_too(row: dict[str, Any], holder: Holder | None) -> None:
    found = lease(activity=JUPYTER, **row)
    assert found.held_by == holder
    assert (found.expires_at is None) == (holder is not None)


def test_a_kept_node_runs_until_then_and_a_moment_that_is_over_is_not_shown() -> None:
    until = AT + timedelta(hours=1)
    assert lease(keep_until=until) == Lease(GRACE, until, until)
    over = lease(keep_until=AT - timedelta(hours=1))
    assert (over.keep_until, over.is_over(AT)) == (None, True)


@given(seen=MOMENTS, used=MOMENTS, active=MOMENTS, kept=MOMENTS, asked=MOMENTS, busy=st.none() | st.booleans())
def test_a_lease_never_ends_within_the_grace_after_a_sign_of_life(
    seen: datetime | None,
    used: datetime | None,
    active: datetime | None,
    kept: datetime | None,
    asked: datetime | None,
    busy: bool | None,
) -> None:
    row = node(used_at=used, active_at=active, keep_until=kept, asked_at=asked, is_busy=busy, activity=JUPYTER)
    found = lease_of(row, seen, GRACE, AT)
    if found.is_over(AT):
        assert asked is not None
        assert busy is False
        assert all(sign is None or sign <= AT - GRACE for sign in (seen, used, active))
        assert kept is None or kept <= AT
        assert found.is_ending


def test_a_lease_of_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        lease(desired_at=datetime(2026, 1, 1))


@pytest.mark.parametrize(("text", "seconds"), [(None, None), ("300", 300), ("10", 10), ("86400", 86400), ("12.5", 12)])
def test_a_service_may_have_its_own_grace(text: str | None, seconds: int | None) -> None:
    assert label_of({} if text is None else {"werkbank.grace": text}) == seconds


@pytest.mark.parametrize("text", ["9", "86401", '"300"', "true", "[]", "a while", "NaN"])
def test_a_grace_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(LabelError, match="number of seconds from 10 to 86400"):
        label_of({"werkbank.grace": text})


def test_a_start_takes_the_services_terms_and_forgets_the_last_ones(world: World) -> None:
    from controlplane.model import Service

    node_id = world.add_node()
    with world.database.begin() as session:
        row, service = session.get_one(Node, node_id), session.query(Service).one()
        service.labels = service.labels | {"werkbank.grace": "300", "werkbank.activity": '{"path": "a", "format": "jupyter"}'}
        row.keep_until = row.used_at = row.asked_at = row.active_at = clock.now()
        row.is_busy = True
    world.stop(node_id)
    world.start(node_id)
    row = world.node(node_id)
    assert (row.grace, row.activity) == (300, {"paths": ["a"], "format": "jupyter"})
    assert (row.keep_until, row.used_at, row.asked_at, row.active_at, row.is_busy) == (None,) * 5


@pytest.mark.parametrize("by", [timedelta(), timedelta(days=-1), timedelta(days=7, minutes=1)])
def test_a_node_is_kept_for_a_week_at_most_and_not_for_the_past(world: World, by: timedelta) -> None:
    node_id = world.add_node()
    with world.database.begin() as session, pytest.raises(BadInput, match="within the next 7 days"):
        keep(session, world.project(session), session.get_one(Node, node_id), clock.now() + by)


def test_a_node_that_does_not_run_cannot_be_kept(world: World) -> None:
    node_id = world.add_node()
    world.stop(node_id)
    with world.database.begin() as session, pytest.raises(Conflict, match="does not run"):
        keep(session, world.project(session), session.get_one(Node, node_id), clock.now() + timedelta(hours=1))


def test_the_newest_tab_of_each_project_counts(world: World, time: Time) -> None:
    for tab in ("one", "two"):
        with world.database.begin() as session:
            presence.note_presence(session, session.get_one(User, world.user_id), world.project(session), tab)
        time.pass_by(seconds=40)
    row = world.node(world.add_node())
    with world.database.begin() as session:
        seen = presence.last_seen_of(session, {world.project_id, "another"})
        assert list(seen) == [world.project_id]
        found = leases.of_nodes(session, [row], GRACE)[row.id]
    assert found.expires_at is not None
    assert abs(clock.now() - seen[world.project_id] - timedelta(seconds=40)) < timedelta(seconds=5)
