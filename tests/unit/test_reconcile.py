"""The rules of the loop."""

import threading
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import event

from controlplane import clock
from controlplane.errors import SwarmUnreadable
from controlplane.loop import run_loop
from controlplane.model import Desired, Node, Observed, Run, RunEvent
from controlplane.ports import Outcome
from controlplane.reconcile import MAX_ATTEMPTS, RUNS_AT_ONCE, Reconciler
from controlplane.settings import Settings
from tests.support.deployment import until
from tests.support.fakes import image
from tests.unit.conftest import Time, World


def test_an_added_node_runs_and_has_an_address(world: World) -> None:
    node_id = world.add_node()
    assert world.node(node_id).state == "starting"
    world.settle()
    node = world.node(node_id)
    assert (node.state, node.url) == ("running", f"/x/{node.route}/lab")


def test_nothing_is_done_when_nothing_is_due(world: World) -> None:
    world.add_node()
    world.settle()
    orders = len(world.adapters.provisioner.orders)
    world.settle()
    assert len(world.adapters.provisioner.orders) == orders


def test_a_node_is_started_once_however_often_the_loop_looks(world: World) -> None:
    node_id = world.add_node()
    world.settle(20)
    assert world.adapters.swarm.starts == [node_id]


def test_nodes_that_are_due_together_share_a_run(world: World) -> None:
    ids = {world.add_node() for _ in range(3)}
    world.settle()
    assert {spec.node_id for spec in world.adapters.provisioner.orders[0].present} == ids


def test_what_nodes_are_is_asked_once_in_a_look_however_many_there_are(world: World) -> None:
    for _ in range(10):
        world.add_node()
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "FROM services" in statement and "services.labels" in statement:
            asked.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    world.reconciler.look()
    world.reconciler.join()
    assert len(asked) == 1


def test_a_closed_node_leaves_neither_service_nor_network_nor_address(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    world.stop(node_id)
    assert world.node(node_id).state == "stopping"
    world.settle()
    node = world.node(node_id)
    assert (node.state, node.url, node.closed_because) == ("stopped", None, "You closed it.")
    assert not world.adapters.swarm.services
    assert not world.adapters.swarm.networks


def test_a_network_stays_while_another_node_of_the_project_runs(world: World) -> None:
    first, _ = world.add_node(), world.add_node()
    world.settle()
    world.stop(first)
    world.settle()
    assert len(world.adapters.swarm.networks) == 1
    assert len(world.adapters.swarm.services) == 1


def test_a_node_that_is_started_again_gets_another_route(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    before = world.node(node_id).route
    world.stop(node_id)
    world.settle()
    world.start(node_id)
    world.settle()
    assert world.node(node_id).state == "running"
    assert world.node(node_id).route != before


def test_a_node_stopped_and_started_at_once_does_not_keep_its_old_service(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    world.stop(node_id)
    world.start(node_id)
    world.settle()
    node = world.node(node_id)
    [(spec, _)] = world.adapters.swarm.services.values()
    assert (node.state, spec.route) == ("running", node.route)


def test_a_removed_node_is_forgotten_only_once_it_is_gone(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    world.remove(node_id)
    world.reconciler.look()
    assert not world.is_forgotten(node_id)
    world.settle()
    assert world.is_forgotten(node_id)
    assert not world.adapters.swarm.services


def test_a_service_that_crashes_says_so_and_is_tidied_away(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    world.adapters.swarm.crash(world.adapters.swarm.view().seen[0].name)
    world.settle()
    node = world.node(node_id)
    assert (node.state, node.cause) == ("failed", "crashed")
    assert "ended with exit code 3" in (node.failure or "")
    assert not world.adapters.swarm.services


def test_an_image_that_cannot_start_fails_with_its_reason_and_its_log(world: World) -> None:
    world.adapters.swarm.fates["127.0.0.1:1/simcore/services/dynamic/echo:1.0.0"] = "The host refused to start it."
    node_id = world.add_node()
    world.settle()
    node = world.node(node_id)
    assert (node.state, node.failure, node.details) == ("failed", "The host refused to start it.", "the last lines of its log")


def test_a_failed_node_stays_failed_until_somebody_starts_it(world: World) -> None:
    world.adapters.swarm.fates["127.0.0.1:1/simcore/services/dynamic/echo:1.0.0"] = "No."
    node_id = world.add_node()
    world.settle(10)
    assert world.adapters.swarm.starts == [node_id]
    world.adapters.swarm.fates.clear()
    world.start(node_id)
    world.settle()
    assert world.node(node_id).state == "running"


def test_a_failed_run_is_tried_again_with_a_back_off(world: World, time: Time) -> None:
    world.adapters.provisioner.failures = ["Error response from daemon: no room."]
    node_id = world.add_node()
    world.settle()
    assert world.node(node_id).state == "starting"
    assert len(world.adapters.provisioner.orders) == 1
    time.pass_by(seconds=5)
    world.settle()
    assert world.node(node_id).state == "running"


def test_after_the_last_attempt_the_failing_tasks_message_is_shown(world: World, time: Time) -> None:
    world.adapters.provisioner.failures = ["Error response from daemon: no room."] * MAX_ATTEMPTS
    node_id = world.add_node()
    for _ in range(MAX_ATTEMPTS):
        world.settle()
        time.pass_by(seconds=70)
    node = world.node(node_id)
    assert node.state == "failed"
    assert "no room" in (node.failure or "")


def test_a_start_says_that_its_host_pulls_the_image_and_not_before_that_takes_time(world: World) -> None:
    world.adapters.prober.is_there = False
    node_id = world.add_node()
    world.settle()
    swarm = world.adapters.swarm
    [(name, (spec, seen))] = swarm.services.items()
    pulling = replace(seen, observed=Observed.STARTING, is_started=False, step="preparing")
    swarm.services[name] = spec, replace(pulling, created_at=clock.now())
    world.reconciler.look()
    assert world.node(node_id).step == "waiting for a host"
    swarm.services[name] = spec, replace(pulling, created_at=clock.now() - timedelta(seconds=2))
    world.reconciler.look()
    assert world.node(node_id).step == "its host is pulling the image"


def test_a_page_that_never_answers_ends_the_start_within_its_bound(world: World, time: Time) -> None:
    world.adapters.prober.is_there = False
    node_id = world.add_node()
    world.settle()
    assert world.node(node_id).state == "starting"
    assert world.node(node_id).step == "waiting for the page"
    time.pass_by(seconds=121)
    until(lambda: world.settle() or world.node(node_id).state == "failed", 10)
    node = world.node(node_id)
    assert node.cause == "port-silent"
    assert "did not answer on port 8888 within 120 s (the connection was refused)" in (node.failure or "")
    assert node.details == "what it says"
    world.settle()
    assert not world.adapters.swarm.services


def test_an_unreadable_swarm_decides_nothing(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    world.adapters.swarm.is_away = True
    with pytest.raises(SwarmUnreadable):
        world.reconciler.look()
    world.adapters.swarm.is_away = False
    assert world.node(node_id).state == "running"


def test_a_gateway_that_moved_is_put_on_the_networks_again(world: World) -> None:
    world.add_node()
    world.settle()
    world.adapters.swarm.replace_gateway()
    world.settle()
    assert world.adapters.swarm.attached == world.adapters.swarm.networks
    assert len(world.adapters.swarm.starts) == 1


def test_a_gateway_that_moved_is_attached_and_no_service_is_asked_for(world: World) -> None:
    world.add_node()
    world.settle()
    world.adapters.swarm.replace_gateway()
    world.settle()
    last = world.adapters.provisioner.orders[-1]
    assert [item.gateway for item in last.attach] == ["gateway-2"]
    assert not last.present


def test_of_several_gateways_the_one_that_is_cut_off_is_attached(world: World) -> None:
    world.add_node()
    world.settle()
    world.adapters.swarm.on["gateway-2"] = set()
    world.settle()
    last = world.adapters.provisioner.orders[-1]
    assert [item.gateway for item in last.attach] == ["gateway-2"]
    assert world.adapters.swarm.on["gateway-2"] == world.adapters.swarm.networks


def test_a_gateway_that_cannot_be_attached_is_not_tried_without_a_pause(world: World, time: Time) -> None:
    world.add_node()
    world.settle()
    world.adapters.swarm.replace_gateway()
    world.adapters.provisioner.failures = ["The engine does not know the network."] * 2
    before = len(world.adapters.provisioner.orders)
    world.settle()
    assert len(world.adapters.provisioner.orders) == before + 1
    time.pass_by(seconds=11)
    world.settle()
    assert len(world.adapters.provisioner.orders) == before + 2


def test_a_network_that_is_there_keeps_its_kind(world: World, settings: Settings) -> None:
    first = world.add_node()
    world.settle()
    opened = Reconciler(world.database, world.adapters, settings.model_copy(update={"node_internet": True}))
    world.add_node()
    opened.look()
    opened.close()
    [spec] = world.adapters.provisioner.orders[-1].present
    assert spec.node_id != first
    assert spec.internal


def test_an_upgrade_leaves_running_nodes_alone(world: World, settings: Settings) -> None:
    node_id = world.add_node()
    world.settle()
    with world.database.begin() as session:
        # As it was before containers were known.
        session.get_one(Node, node_id).containers = []
    world.adapters.registry.found = [image()]
    world.push()
    world.adapters.swarm.replace_gateway()
    upgraded = Reconciler(world.database, world.adapters, settings.model_copy(update={"node_cpus": 1.0, "node_internet": True}))
    for _ in range(4):
        upgraded.look()
        upgraded.join()
    upgraded.close()
    assert (world.node(node_id).state, world.adapters.swarm.starts) == ("running", [node_id])
    assert not world.adapters.swarm.updates
    assert [container["state"] for container in world.node(node_id).containers] == ["running"]


def test_starts_beyond_the_runs_that_may_be_at_once_wait_and_share_a_run(world: World) -> None:
    world.open_tab()
    world.settle()
    gate = threading.Event()
    act = world.adapters.provisioner.apply

    def wait_and_act(*arguments: Any) -> Outcome:
        assert gate.wait(30)
        return act(*arguments)

    world.adapters.provisioner.apply = wait_and_act
    for _ in range(RUNS_AT_ONCE):
        world.add_node()
        world.reconciler.look()
    late = {world.add_node(), world.add_node()}
    world.reconciler.look()
    gate.set()
    world.settle()
    starts = [order for order in world.adapters.provisioner.orders if order.present]
    assert {spec.node_id for order in starts[RUNS_AT_ONCE:] for spec in order.present} == late
    assert len(starts) == RUNS_AT_ONCE + 1
    assert len(world.adapters.swarm.starts) == RUNS_AT_ONCE + 2


def test_a_run_has_a_bound_on_its_nodes_and_the_others_follow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.due.NODES_A_RUN", 2)
    for _ in range(5):
        world.add_node()
    world.settle()
    assert [len(order.node_ids) for order in world.adapters.provisioner.orders] == [2, 2, 1]


def test_nobody_waits_for_a_network_to_go(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    world.stop(node_id)
    world.settle()
    assert all(not (order.networks_absent and order.node_ids) for order in world.adapters.provisioner.orders)


def test_starts_that_come_in_a_burst_share_a_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # Long enough for a burst on a busy machine.
    monkeypatch.setattr("controlplane.loop.GATHER", 2)
    stop = threading.Event()
    thread = threading.Thread(target=run_loop, args=(world.reconciler, stop, 30, 30))
    thread.start()
    until(lambda: world.reconciler.looked_at)
    first = world.add_node()
    world.reconciler.wake.set()
    second = world.add_node()
    world.reconciler.wake.set()
    until(lambda: len(world.adapters.swarm.starts) == 2)
    stop.set()
    world.reconciler.wake.set()
    thread.join()
    assert {spec.node_id for spec in world.adapters.provisioner.orders[0].present} == {first, second}


def test_a_burst_that_goes_on_shares_a_run_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.reconcile.LONGEST_GATHER", 60)
    world.reconciler.wish()
    looking = threading.Thread(target=world.reconciler.look, args=(1,))
    looking.start()
    wished = set()
    for _ in range(5):
        sleep(0.4)
        wished.add(world.add_node())
        world.reconciler.wish()
    looking.join()
    world.reconciler.join()
    assert {spec.node_id for spec in world.adapters.provisioner.orders[0].present} == wished


def test_a_burst_without_end_is_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.reconcile.LONGEST_GATHER", 1)
    over = threading.Event()

    def go_on_wishing() -> None:
        while not over.wait(0.01):
            world.reconciler.wish()

    wishing = threading.Thread(target=go_on_wishing)
    wishing.start()
    node_id = world.add_node()
    try:
        world.reconciler.look(0.5)
    finally:
        over.set()
        wishing.join()
    world.reconciler.join()
    assert [spec.node_id for spec in world.adapters.provisioner.orders[0].present] == [node_id]


def test_whoever_has_a_page_now_does_not_wait_for_a_burst(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.reconcile.LONGEST_GATHER", 3600)
    looking = threading.Thread(target=world.reconciler.look, args=(3600,), daemon=True)
    looking.start()
    world.reconciler.hurry()
    looking.join(30)
    assert not looking.is_alive()


def test_the_back_off_has_a_cap(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    world.stop(node_id)
    world.adapters.provisioner.failures = ["Error response from daemon: not now."] * 12
    for _ in range(12):
        world.settle(2)
        time.pass_by(seconds=61)
    assert not world.adapters.provisioner.failures
    world.settle()
    assert not world.adapters.swarm.services


def test_what_is_left_of_a_failed_start_is_tidied_away_and_its_reason_stays(world: World, time: Time) -> None:
    world.adapters.prober.is_there = False
    node_id = world.add_node()
    world.settle()
    time.pass_by(seconds=121)
    world.reconciler.look()
    reason = world.node(node_id).failure
    world.adapters.provisioner.failures = ["Error response from daemon: not now."] * 4
    for _ in range(6):
        world.settle(2)
        time.pass_by(seconds=61)
    assert not world.adapters.swarm.services
    assert world.node(node_id).failure == reason


def test_a_service_without_an_owner_is_removed_but_not_at_first_sight(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    with world.database.begin() as session:
        session.delete(session.get_one(Node, node_id))
    world.settle()
    assert world.adapters.swarm.services
    time.pass_by(seconds=31)
    world.settle()
    assert not world.adapters.swarm.services


def test_a_restarted_loop_finds_its_way_back(world: World, settings) -> None:
    node_id = world.add_node()
    world.settle()
    fresh = Reconciler(world.database, world.adapters, settings)
    fresh.look()
    fresh.close()
    assert world.node(node_id).state == "running"
    assert world.adapters.swarm.starts == [node_id]


def test_the_events_of_a_run_have_no_gaps(world: World) -> None:
    world.add_node()
    world.settle()
    with world.database.begin() as session:
        run = session.query(Run).first()
        assert run is not None
        events = [event.seq for event in session.query(RunEvent).filter_by(run_id=run.id).order_by(RunEvent.seq)]
    assert events == list(range(1, len(events) + 1))
    assert run.state == "succeeded"


def test_a_node_that_is_wished_away_while_it_starts_is_closed(world: World) -> None:
    node_id = world.add_node()
    world.reconciler.look()
    world.stop(node_id)
    world.settle()
    assert world.node(node_id).state == "stopped"
    assert not world.adapters.swarm.services


def test_one_looks_decision_needs_no_memory_of_another(world: World) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        node = session.get_one(Node, node_id)
        node.desired_at -= timedelta(days=1)
    world.settle()
    assert world.node(node_id).desired == Desired.RUNNING
