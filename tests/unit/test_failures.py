"""The rules of a failure: when a node counts as failed, and what stays readable afterwards."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
import requests

from controlplane import accounts, kept_logs
from controlplane.adapters.gateway import said_of
from controlplane.adapters.tasks import Service, lines_of
from controlplane.inquiries import Inquiries
from controlplane.model import Observed
from controlplane.ports import Order, Outcome
from controlplane.records import KeptLog
from controlplane.settings import Settings
from tests.support.deployment import until
from tests.support.fakes import image
from tests.unit.conftest import Time, World
from tests.unit.test_api import PASSWORD, Visitor
from webapp.director import Outside
from webapp.director import create_app as create_director

REFERENCE = "127.0.0.1:1/simcore/services/dynamic/echo:1.0.0"


def rows(world: World) -> list[KeptLog]:
    """What is kept in the database."""
    with world.database.begin() as session:
        return session.query(KeptLog).all()


def only_name(world: World) -> str:
    """The one service."""
    [name] = world.adapters.swarm.services
    return str(name)


def running(world: World) -> str:
    """A node whose page has answered; its id."""
    node_id = world.add_node()
    world.settle()
    assert world.node(node_id).state == "running"
    return node_id


def starting(world: World) -> str:
    """A node whose page has not answered yet; its id."""
    world.adapters.prober.is_there = False
    node_id = world.add_node()
    world.settle()
    assert world.node(node_id).state == "starting"
    return node_id


def test_a_failure_has_a_cause_a_remedy_and_its_containers(world: World) -> None:
    world.adapters.swarm.fates[REFERENCE] = "It cannot start."
    node_id = world.add_node()
    world.settle()
    node = world.node(node_id)
    assert (node.state, node.cause, node.remedy) == ("failed", "crashed", "Read its log.")
    [container] = node.containers
    assert (container["role"], container["state"], container["reason"]) == ("main", "failed", "It cannot start.")


def test_a_program_that_ends_before_its_page_answered_fails_at_once(world: World) -> None:
    node_id = starting(world)
    world.adapters.swarm.crash(only_name(world), is_retried=True)
    world.reconciler.look()
    node = world.node(node_id)
    assert (node.state, node.cause, node.containers[0]["state"]) == ("failed", "crashed", "failed")


def test_what_was_stopped_from_outside_may_be_started_again_by_the_swarm(world: World) -> None:
    node_id = starting(world)
    world.adapters.swarm.crash(only_name(world), is_retried=True, cause="killed")
    world.reconciler.look()
    node = world.node(node_id)
    assert (node.state, node.step) == ("starting", "it ended, and is started again: attempt 2")


def test_a_node_that_ran_is_started_again_by_the_swarm_and_runs(world: World) -> None:
    node_id = running(world)
    world.adapters.swarm.crash(only_name(world), is_retried=True)
    world.reconciler.look()
    assert (world.node(node_id).state, world.node(node_id).failure) == ("starting", None)
    world.adapters.swarm.recover(only_name(world))
    world.settle()
    assert (world.node(node_id).state, world.node(node_id).step) == ("running", None)


def test_a_node_that_ran_fails_once_the_swarm_gives_up(world: World) -> None:
    node_id = running(world)
    world.adapters.swarm.crash(only_name(world), cause="crash-loop")
    world.settle()
    assert (world.node(node_id).state, world.node(node_id).cause) == ("failed", "crash-loop")
    assert not world.adapters.swarm.services


def test_a_new_start_forgets_the_last_failure(world: World) -> None:
    node_id = running(world)
    world.adapters.swarm.crash(only_name(world))
    world.settle()
    world.start(node_id)
    node = world.node(node_id)
    assert (node.state, node.cause, node.remedy, node.answered_at) == ("starting", None, None, None)
    assert [(container["state"], container["reason"]) for container in node.containers] == [("absent", None)]


def test_no_host_for_the_moment_is_a_failure_only_after_the_starts_bound(world: World, time: Time) -> None:
    node_id = starting(world)
    world.adapters.swarm.crash(only_name(world), is_retried=True, cause="no-host-ready")
    world.settle()
    assert world.node(node_id).step == "waiting for a host that takes new services"
    time.pass_by(seconds=121)
    until(lambda: world.settle() or world.node(node_id).state == "failed", 10)
    assert world.node(node_id).cause == "no-host-ready"


def test_an_order_that_the_engine_calls_wrong_is_not_given_again(world: World) -> None:
    refusal = 'Error: 400 Client Error for http+docker://localhost/v1.41/services/create ("invalid expression")'
    world.adapters.provisioner.failures = [refusal]
    node_id = world.add_node()
    world.settle()
    node = world.node(node_id)
    assert (node.state, node.cause) == ("failed", "run-failed")
    assert "invalid expression" in (node.failure or "")
    assert len(world.adapters.provisioner.orders) == 1


def test_a_service_may_ask_for_another_bound_of_its_start(world: World, time: Time) -> None:
    from controlplane import catalogue

    world.adapters.registry.found = [image(**{"werkbank.start_timeout": "10"})]
    catalogue.refresh(world.database, world.adapters.registry)
    node_id = starting(world)
    time.pass_by(seconds=11)
    until(lambda: world.settle() or world.node(node_id).state == "failed", 10)
    assert "within 10 s" in (world.node(node_id).failure or "")


def test_a_host_that_fetches_a_large_image_is_given_time(world: World, time: Time) -> None:
    node_id = starting(world)
    name = only_name(world)
    spec, seen = world.adapters.swarm.services[name]
    waiting = replace(seen, observed=Observed.STARTING, is_started=False, step="preparing")
    world.adapters.swarm.services[name] = (spec, waiting)
    time.pass_by(seconds=800)
    world.settle()
    assert world.node(node_id).state == "starting"
    time.pass_by(seconds=200)
    until(lambda: world.settle() or world.node(node_id).state == "failed", 10)
    assert world.node(node_id).cause == "start-too-slow"


def test_last_words_are_kept_for_an_hour_though_the_service_is_gone(world: World, time: Time) -> None:
    node_id = running(world)
    name = only_name(world)
    world.adapters.swarm.crash(name)
    world.settle()
    assert not world.adapters.swarm.services
    time.pass_by(minutes=59)
    with world.database.begin() as session:
        kept_logs.forget_old(session)
        [kept] = kept_logs.of_node(session, node_id)
        assert (kept.container, kept.text, kept.errors) == (name, "its last words", ["task: non-zero exit (3)"])
    time.pass_by(minutes=2)
    with world.database.begin() as session:
        assert kept_logs.of_node(session, node_id) == []
        kept_logs.forget_old(session)
    assert rows(world) == []


def test_a_failure_is_recorded_once_however_often_the_loop_looks(world: World) -> None:
    running(world)
    world.adapters.swarm.crash(only_name(world))
    world.settle(10)
    assert len(rows(world)) == 1


def test_kept_logs_are_read_by_those_who_may_see_the_node(world: World, settings: Settings) -> None:
    with world.database.begin() as session:
        accounts.add_user(session, "bob@werkbank.example", PASSWORD)
    ada, bob = Visitor(world.database, settings), Visitor(world.database, settings)
    ada.log_in("ada@werkbank.example")
    bob.log_in("bob@werkbank.example")
    node_id = running(world)
    world.adapters.swarm.crash(only_name(world))
    world.settle()
    path = f"/projects/{world.project_id}/nodes/{node_id}/logs"
    [log] = ada.get(path).json["data"]
    assert (log["text"], log["is_live"], log["errors"]) == ("its last words", False, ["task: non-zero exit (3)"])
    assert log["kept_until"] > log["at"]
    text = ada.get(f"{path}?format=text")
    assert text.mimetype == "text/plain"
    assert "engine: task: non-zero exit (3)\nits last words\n" in text.text
    assert bob.get(path).status_code == 404
    assert ada.get(f"{path}?tail=0").status_code == 400


def test_the_directors_own_interface_answers_parts_and_not_the_gateway(world: World, settings: Settings) -> None:
    node_id = running(world)
    client = create_director(settings, world.database, Outside(lambda: None, logs=world.adapters.swarm.logs)).test_client()
    path = f"/internal/nodes/{node_id}/logs"
    [log] = client.get(path).json["data"]  # type: ignore[index]
    assert (log["container"], log["text"]) == (only_name(world), "what it says")
    assert client.get(path, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
    assert client.get(f"{path}?tail=many").status_code == 400
    world.adapters.swarm.is_away = True
    assert client.get(path).status_code == 503


def test_an_answer_that_takes_too_long_counts_as_not_known() -> None:
    gate = threading.Event()
    patient: Inquiries[str] = Inquiries("test", patience=30)
    assert patient.ask("a", lambda: str(gate.wait(10))) == (False, None)
    hasty: Inquiries[str] = Inquiries("test", patience=0)
    assert hasty.ask("a", lambda: str(gate.wait(10))) == (True, None)
    gate.set()
    assert until(lambda: patient.ask("a", lambda: "asked twice")[1], 5) == "True"
    patient.forget_all_but([])
    assert until(lambda: patient.ask("a", lambda: 1 // 0 and "")[0], 5)


def test_lines_of_several_tasks_are_put_in_their_order() -> None:
    raw = b"2026-11-24T21:38:15.9Z second\n2026-11-24T21:38:17.1Z third\n2026-11-24T21:38:14.0Z fi\0rst\n"
    assert lines_of(raw, 10) == "first\nsecond\nthird"
    assert lines_of(raw, 1) == "third"


# What the engine shows of a service --------------------------------------------------------------------------------


def service(*tasks: tuple[str, str, int], attempts: int = 2) -> Service:
    """A service with tasks of these states, words and exit codes, oldest first."""
    template = {
        "ContainerSpec": {"Image": f"{REFERENCE}@sha256:1"},
        "RestartPolicy": {"Condition": "on-failure", "MaxAttempts": attempts},
        "Resources": {"Limits": {"MemoryBytes": 64 * 2**20}},
    }
    made: list[dict[str, Any]] = []
    for number, (state, words, code) in enumerate(tasks):
        at = f"2026-11-24T21:38:{number:02}.123456789Z"
        status = {"State": state, "Err": words, "Timestamp": at, "ContainerStatus": {"ExitCode": code}}
        made.append({"ID": f"task-{number}", "CreatedAt": at, "Status": status})
    return Service({"ID": "service", "Spec": {"Name": "echo", "Labels": {}, "TaskTemplate": template}}, tuple(made))


CRASH = ("failed", "task: non-zero exit (3)", 3)
NOWHERE = ("pending", "no suitable node (insufficient resources on 1 node)", 0)


@pytest.mark.parametrize(
    ("tasks", "observed", "is_retried"),
    [
        ([], Observed.STARTING, False),
        ([("preparing", "", 0)], Observed.STARTING, True),
        ([CRASH], Observed.STARTING, True),
        ([CRASH, ("ready", "", 0)], Observed.STARTING, True),
        ([CRASH, ("running", "", 0)], Observed.RUNNING, True),
        ([CRASH, CRASH], Observed.STARTING, True),
        ([CRASH, CRASH, CRASH], Observed.FAILED, False),
        ([("complete", "", 0)], Observed.FAILED, False),
        ([NOWHERE], Observed.FAILED, False),
        ([("pending", "no suitable node (1 node not available for new tasks)", 0)], Observed.STARTING, False),
        ([("shutdown", "", 0)], Observed.STARTING, True),
        ([("shutdown", "", 0), ("running", "", 0)], Observed.RUNNING, True),
    ],
    ids=json.dumps,
)
def test_a_service_is_seen_as_its_tasks_and_its_restarts_say(
    tasks: list[tuple[str, str, int]], observed: Observed, is_retried: bool
) -> None:
    found = service(*tasks)
    assert (found.observed, found.is_retried) == (observed, is_retried)


def test_what_no_host_takes_explains_more_than_an_earlier_crash() -> None:
    assert service(CRASH, NOWHERE).told().state == "pending"
    assert service(CRASH, CRASH, CRASH).told().failures == 3
    assert service(CRASH, NOWHERE).errors == (
        "2026-11-24T21:38:00Z task: non-zero exit (3)",
        "2026-11-24T21:38:01Z no suitable node (insufficient resources on 1 node)",
    )


class SlowProvisioner:
    """Brings orders about at once, and then takes its time to say so."""

    def __init__(self, world: World):
        self.fast, self.gate, self.orders = world.adapters.provisioner, threading.Event(), 0

    def apply(self, order: Order, on_event: Any, is_cancel_asked: Any) -> Outcome:
        """See ``ports.Provisioner.apply``."""
        self.orders += 1
        outcome = self.fast.apply(order, on_event)
        self.gate.wait(10)
        return outcome


def test_a_network_is_left_alone_while_the_run_of_a_failed_node_is_at_work(world: World) -> None:
    slow = world.adapters.provisioner = SlowProvisioner(world)
    world.adapters.swarm.fates[REFERENCE] = "It cannot start."
    node_id = world.add_node()
    world.reconciler.look()
    until(lambda: world.reconciler.look() and world.node(node_id).state == "failed", 10)
    world.reconciler.look()
    assert slow.orders == 1
    slow.gate.set()
    world.settle()
    assert not world.adapters.swarm.networks


@pytest.mark.parametrize(
    ("code", "reason", "headers", "said"),
    [
        (404, "Not Found", {"X-Werkbank-Received": "310", "X-Werkbank-Connected": "0.001"}, "its last answer was 404 Not Found"),
        (504, "Gateway Timeout", {"X-Werkbank-Received": "0", "X-Werkbank-Connected": "0.001"}, "it takes connections, but"),
        (504, "Gateway Timeout", {"X-Werkbank-Received": "0", "X-Werkbank-Connected": "-"}, "nothing takes the connection"),
        (502, "Bad Gateway", {"X-Werkbank-Received": "0", "X-Werkbank-Connected": "-"}, "the connection was refused"),
        (502, "Bad Gateway", {}, "the gateway does not find it"),
    ],
)
def test_a_pages_own_answer_is_told_from_what_the_gateway_says_of_it(
    code: int, reason: str, headers: dict[str, str], said: str
) -> None:
    answer = requests.Response()
    answer.status_code, answer.reason = code, reason
    answer.headers.update(headers)
    assert said_of(answer).startswith(said)
