"""The network of a project is ready when the project is open, and goes when nobody is there and nothing runs."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from controlplane import presence, projects
from controlplane.database import Database
from controlplane.due import lacking
from controlplane.model import Presence, User
from controlplane.ports import Attachment, Network, Order, SwarmView
from controlplane.settings import Settings
from controlplane.spec import network_name, tags_of, variables
from tests.support.fakes import FakeSwarm
from tests.unit.conftest import Time, World


@pytest.fixture
def swarm(world: World) -> FakeSwarm:
    """The swarm of a project that is open."""
    world.open_tab()
    world.settle()
    return world.adapters.swarm  # type: ignore[return-value]


def listen(world: World, time: Time, seconds: int) -> None:
    """Time goes on, and everybody who hears tabs is there."""
    for _ in range(seconds // 10):
        time.pass_by(seconds=10)
        with world.database.begin() as session:
            for part in presence.LISTENERS:
                presence.beat(session, part)
    world.settle()


def test_an_open_project_has_its_network_with_anchor_and_gateway_on_it(world: World, swarm: FakeSwarm) -> None:
    network = network_name("unit", world.project_id)
    assert swarm.networks == {network}
    assert (swarm.anchors, swarm.on) == ({"anchor-1": {network}}, {"gateway-1": {network}})


def test_a_start_in_an_open_project_asks_for_the_service_alone(world: World, swarm: FakeSwarm) -> None:
    node_id = world.add_node()
    world.settle()
    last = world.adapters.provisioner.orders[-1]
    assert [spec.node_id for spec in last.present] == [node_id]
    assert (last.networks, last.attach, last.detach) == ((), (), ())
    assert world.node(node_id).state == "running"
    assert swarm.starts == [node_id]


def test_a_prepared_network_is_asked_for_once(world: World, swarm: FakeSwarm) -> None:
    orders = len(world.adapters.provisioner.orders)
    world.open_tab("another")
    world.settle()
    assert len(world.adapters.provisioner.orders) == orders == 1
    assert len(swarm.networks) == 1


def test_nobody_there_and_nothing_running_takes_the_network_away(world: World, swarm: FakeSwarm, time: Time) -> None:
    listen(world, time, 100)
    assert swarm.networks, "a tab may come back within the grace period"
    listen(world, time, 160)
    assert (swarm.networks, swarm.anchors["anchor-1"], swarm.on["gateway-1"]) == (set(), set(), set())
    [left] = {order.detach for order in world.adapters.provisioner.orders if order.networks_absent}
    assert [item.gateway for item in left] == ["gateway-1", "anchor-1"], "the anchor holds the network until the end"


def test_while_tabs_cannot_be_heard_the_network_stays(world: World, swarm: FakeSwarm, time: Time) -> None:
    time.pass_by(minutes=10)
    world.settle()
    assert swarm.networks


def test_a_closed_node_leaves_the_network_of_an_open_project(world: World, swarm: FakeSwarm, time: Time) -> None:
    with world.database.begin() as session:
        presence.beat(session, "web")
    node_id = world.add_node()
    world.settle()
    listen(world, time, 110)
    world.open_tab()
    world.stop(node_id)
    world.settle()
    network = network_name("unit", world.project_id)
    assert (swarm.services, swarm.networks, swarm.attached) == ({}, {network}, {network})


def test_a_node_runs_where_nobody_has_the_project_open(world: World, time: Time) -> None:
    world.add_node()
    world.settle()
    swarm = world.adapters.swarm
    assert swarm.attached == swarm.anchors["anchor-1"] == swarm.networks != set()
    listen(world, time, 300)
    assert swarm.attached == swarm.networks != set()


def test_after_the_engine_has_restarted_everybody_is_on_the_network_again(world: World, swarm: FakeSwarm, time: Time) -> None:
    world.add_node()
    world.settle()
    swarm.restart_engine()
    time.pass_by(seconds=11)
    world.open_tab()
    world.settle()
    network = network_name("unit", world.project_id)
    assert (list(swarm.anchors.values()), swarm.on) == ([{network}], {"gateway-2": {network}})
    assert len(swarm.starts) == 1


def test_without_an_anchor_nothing_is_prepared_and_nodes_start_all_the_same(world: World) -> None:
    swarm = world.adapters.swarm
    swarm.anchors, swarm.gateway_image = {}, None
    world.open_tab()
    world.settle()
    assert (swarm.networks, world.adapters.provisioner.orders) == (set(), [])
    node_id = world.add_node()
    world.settle()
    assert (world.node(node_id).state, swarm.attached) == ("running", swarm.networks)


def test_an_anchor_that_does_not_run_is_made_anew_and_not_asked_for_without_a_pause(world: World, time: Time) -> None:
    world.adapters.swarm.anchors = {}
    world.adapters.provisioner.failures = ["The engine has no room for it."]
    world.settle()
    [order] = world.adapters.provisioner.orders
    assert [(anchor.name, anchor.image) for anchor in order.anchors] == [("unit_anchor", "sha256:gateway")]
    time.pass_by(seconds=11)
    world.settle()
    assert len(world.adapters.swarm.anchors) == 1
    assert len(world.adapters.provisioner.orders) == 2


def test_a_start_that_comes_while_its_network_is_made_waits_for_it(world: World) -> None:
    provisioner, ids = world.adapters.provisioner, list[str]()

    def add_and_look() -> bool:
        if not ids:
            ids.append(world.add_node())
            world.reconciler.look()
        return False

    provisioner.on_the_way = add_and_look
    world.open_tab()
    world.settle()
    assert [len(order.present) for order in provisioner.orders] == [0, 1]
    assert world.node(ids[0]).state == "running"


def test_a_removed_project_is_not_prepared_and_takes_its_network_along(world: World, swarm: FakeSwarm) -> None:
    with world.database.begin() as session:
        projects.remove_project(session, world.project(session))
    world.settle()
    assert swarm.networks == set()


def test_many_projects_are_prepared_some_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.opened.AT_ONCE", 2)
    with world.database.begin() as session:
        _open_more(session, world, 4)
    world.settle()
    made = [len(order.networks) for order in world.adapters.provisioner.orders]
    assert (sum(made), max(made)) == (4, 2)
    assert world.adapters.swarm.attached == world.adapters.swarm.networks


def _open_more(session: Session, world: World, count: int) -> None:
    user = session.get_one(User, world.user_id)
    for number in range(count):
        project = projects.add_project(session, user, f"study {number}")
        presence.note_presence(session, user, project, "tab")


def test_opening_a_project_rings_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr("controlplane.presence.ring", lambda _, project_id: rung.append(project_id))
    world.open_tab()
    world.open_tab()
    world.open_tab("another")
    assert rung == [world.project_id]


def test_presence_that_is_remembered_longer_than_the_grace_is_known_by_who_heard_it(
    world: World, database: Database, time: Time
) -> None:
    world.open_tab()
    with database.begin() as session:
        presence.beat(session, "web")
    for _ in range(20):
        time.pass_by(seconds=10)
        with database.begin() as session:
            for part in presence.LISTENERS:
                presence.beat(session, part)
    with database.begin() as session:
        assert presence.projects_maybe_open(session, timedelta(seconds=120)) == set()
        assert session.query(Presence).count() == 1
    time.pass_by(seconds=60)
    with database.begin() as session:
        assert presence.projects_maybe_open(session, timedelta(seconds=120)) == {world.project_id}


def test_the_gateway_comes_after_the_anchor() -> None:
    view = SwarmView(on={"g": frozenset()}, anchors={"a": frozenset()})
    assert lacking(view, "n", "p", True) == [Attachment("a", "n", "p", True, True), Attachment("g", "n", "p", True)]


def test_a_run_names_only_the_tasks_that_have_something_to_do(world: World, swarm: FakeSwarm, settings: Settings) -> None:
    world.add_node()
    world.settle()
    start = world.adapters.provisioner.orders[-1]
    opening = Order(networks=(Network("n", "p"),), attach=(Attachment("a", "n", "p", True, True),))
    assert swarm.starts
    assert [tags_of(variables(order, settings)) for order in (start, opening, Order())] == ["services", "networks,ways", "always"]
