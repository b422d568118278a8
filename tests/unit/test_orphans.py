"""What carries our labels and belongs to nobody goes, on evidence alone; all else is left alone and reported."""

from dataclasses import replace
from uuid import uuid4

import pytest

from controlplane import reaps
from controlplane.labelled import NETWORK, SERVICE, doubt
from controlplane.model import Node, Project
from controlplane.records import Reap
from tests.unit.conftest import Time, World

LABELS = {
    "werkbank.stack": "unit",
    "werkbank.node": str(uuid4()),
    "werkbank.project": str(uuid4()),
    "werkbank.route": "0123456789abcdef01234567",
    "uuid": "whatever",
}


def forget(world: World, node_id: str) -> None:
    """The node's row is lost, its service is not."""
    with world.database.begin() as session:
        session.delete(session.get_one(Node, node_id))


def rows(world: World) -> list[Reap]:
    """The decisions, the newest first."""
    with world.database.begin() as session:
        return reaps.list_reaps(session)


def test_a_service_without_an_owner_goes_after_a_wait_with_one_row_and_its_network(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    forget(world, node_id)
    world.settle()
    assert world.adapters.swarm.services
    assert world.adapters.swarm.networks, "the network of a service that stays is needed"
    time.pass_by(seconds=31)
    world.settle()
    assert not world.adapters.swarm.services
    assert not world.adapters.swarm.networks
    [row] = rows(world)
    assert (row.kind, row.node_id, row.project_id) == ("service", node_id, world.project_id)
    assert "is in no project" in row.sentence
    assert row.evidence["waited_seconds"] == 30


def test_a_network_of_no_project_goes_after_a_wait_with_a_row(world: World, time: Time) -> None:
    world.adapters.swarm.networks.add("unit_project_0123")
    world.settle()
    assert world.adapters.swarm.networks
    time.pass_by(seconds=31)
    world.settle()
    assert not world.adapters.swarm.networks
    [row] = rows(world)
    assert (row.kind, row.name) == ("network", "unit_project_0123")


def test_closing_the_last_node_of_a_project_is_no_decision_of_the_reaper(world: World) -> None:
    world.remove(world.add_node())
    world.settle()
    world.remove(world.add_node())
    with world.database.begin() as session:
        session.get_one(Project, world.project_id).removed_at = session.get_one(Project, world.project_id).created_at
    world.settle(10)
    assert not world.adapters.swarm.networks
    assert rows(world) == []


def test_what_carries_an_unknown_label_is_left_alone_and_reported(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    [name] = world.adapters.swarm.services
    world.adapters.swarm.unclear = {name: "it has the label werkbank.slot, which this version does not know"}
    world.adapters.swarm.networks.add("unit_project_0123")
    forget(world, node_id)
    for _ in range(3):
        time.pass_by(minutes=10)
        world.settle()
    assert world.adapters.swarm.services
    assert "unit_project_0123" in world.adapters.swarm.networks, "that service may need it"
    assert "werkbank.slot" in world.reconciler.orphans.left_alone[name]
    assert rows(world) == []


def test_a_node_of_ours_with_an_unknown_label_is_still_ours_to_close(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    [name] = world.adapters.swarm.services
    world.adapters.swarm.unclear = {name: "it has the label werkbank.slot"}
    world.stop(node_id)
    world.settle()
    assert not world.adapters.swarm.services


def test_a_clock_that_jumped_removes_nothing_for_a_grace_period(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    forget(world, node_id)
    world.settle()
    time.jump(hours=1)
    world.settle()
    time.pass_by(seconds=60)
    world.settle()
    assert world.adapters.swarm.services
    assert "the clock jumped" in str(world.reconciler.orphans.left_alone)
    time.pass_by(seconds=61)
    world.settle()
    time.pass_by(seconds=31)
    world.settle()
    assert not world.adapters.swarm.services
    assert world.reconciler.orphans.left_alone == {}


def test_an_owner_who_comes_back_in_time_keeps_the_service(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    node = world.node(node_id)
    copy = {column.key: getattr(node, column.key) for column in Node.__mapper__.column_attrs}
    forget(world, node_id)
    time.pass_by(seconds=20)
    world.settle()
    with world.database.begin() as session:
        session.add(Node(**copy))
    world.settle()
    time.pass_by(seconds=20)
    world.settle()
    assert world.adapters.swarm.services
    assert rows(world) == []


def test_what_a_run_is_at_work_on_is_no_orphan(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    forget(world, node_id)
    view = world.adapters.swarm.view()
    orphans = world.reconciler.orphans
    for _ in range(2):
        with world.database.begin() as session:
            assert orphans.find(session, view, {}, [], {node_id}).services == []
        time.pass_by(seconds=40)
    with world.database.begin() as session:
        assert orphans.find(session, replace(view), {}, [], set()).services == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"werkbank.node": "7"}, "label werkbank.node is malformed"),
        ({"werkbank.project": ""}, "label werkbank.project is malformed"),
        ({"werkbank.route": "0123"}, "label werkbank.route is malformed"),
        ({"werkbank.slot": "3"}, "werkbank.slot, which this version does not know"),
    ],
)
def test_labels_that_are_not_understood_say_why(change: dict[str, str], why: str) -> None:
    assert doubt(LABELS, SERVICE) is None
    assert why in (doubt(LABELS | change, SERVICE) or "")


@pytest.mark.parametrize("name", SERVICE)
def test_a_service_without_one_of_our_labels_is_in_doubt(name: str) -> None:
    labels = {key: value for key, value in LABELS.items() if key != name}
    assert doubt(labels, SERVICE) == f"it has no label {name}"


def test_a_network_needs_fewer_labels() -> None:
    assert doubt({"werkbank.stack": "unit", "werkbank.project": LABELS["werkbank.project"]}, NETWORK) is None


def test_the_wait_is_counted_by_a_clock_that_nobody_sets(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    forget(world, node_id)
    world.settle()
    for _ in range(20):
        time.jump(seconds=4)
        world.settle(1)
    assert world.adapters.swarm.services
