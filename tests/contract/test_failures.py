"""Why it did not start: images, hosts and registries that are really broken, and what people are told then."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from controlplane.adapters.tasks import moment, words_of
from controlplane.model import Observed
from tests.contract.test_swarm import World, real_world
from tests.support.deployment import ECHO_KEY, Deployment, Person, presence, until

MIB = 1024 * 1024
ONLY_KEY = "simcore/services/dynamic/echo-only"
# Seconds from the engine's knowing to the workbench's saying.
BOUND = 5
PORT = {"name": "ports", "type": "int", "value": 8888}


def asks(name: str, value: Any) -> dict[str, str]:
    """Labels of an image that asks for something."""
    return {"simcore.service.settings": json.dumps([PORT, {"name": name, "type": "any", "value": value}])}


# Cause, the version that has it, how its image is broken, and words of the sentence.
BROKEN: list[tuple[str, str, dict[str, Any], str]] = [
    ("entry-point-missing", "2.0.1", {"command": "/no/such/program"}, "exec /no/such/program failed"),
    ("crashed", "2.0.2", {"broken": "crash"}, "ended with exit code 3"),
    ("crash-loop", "2.0.3", {"broken": "loop"}, "ended 5 times, the last time with exit code 4"),
    ("out-of-memory", "2.0.4", {"broken": "memory"} | asks("Resources", {"Limits": {"MemoryBytes": 48 * MIB}}), "48 MiB"),
    (
        "port-silent",
        "2.0.5",
        {"broken": "silent", "werkbank.start_timeout": "8"},
        "port 8888 within 8 s (the connection was refused",
    ),
    ("no-host-fits", "2.0.6", asks("constraints", ["node.labels.gpu==yes"]), "scheduling constraints not satisfied"),
    (
        "not-enough-resources",
        "2.0.7",
        asks("Resources", {"Reservations": {"MemoryBytes": 9_000_000 * MIB}}),
        "insufficient resources",
    ),
    ("ended", "2.0.8", {"broken": "end"}, "ended by itself"),
]
GONE = [
    ("tag-missing", ECHO_KEY, "2.1.0", "not in this version any more (2.1.0"),
    ("image-missing", ONLY_KEY, "2.1.0", "has no image"),
]
CAUSES = [row[0] for row in BROKEN] + [row[0] for row in GONE] + ["volume-failed"]


@dataclass
class Watch:
    """Looks at engine and API all the time: since when the one knew of each node's failure, and when the other said so."""

    deployment: Deployment
    project_id: str
    known_at: dict[str, list[datetime]] = field(default_factory=dict)
    said_at: dict[str, datetime] = field(default_factory=dict)
    is_over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        for look in (self._look_at_engine, self._look_at_api):
            threading.Thread(target=self._repeat, args=[look], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()

    def _repeat(self, look: Callable[[Any], None]) -> None:
        person_or_engine = self.deployment.admin() if look == self._look_at_api else self.deployment.engine
        while not self.is_over.wait(0.1):
            with suppress(Exception):
                look(person_or_engine)

    def _look_at_engine(self, engine: Any) -> None:
        for task in engine.tasks(filters={"label": f"werkbank.stack={self.deployment.stack}"}):
            node_id = (task["Spec"]["ContainerSpec"].get("Labels") or {}).get("werkbank.node")
            # What ends while it is closed on purpose (143) is no failure.
            is_wanted = "(143)" not in words_of(task)
            if node_id and is_wanted and (words_of(task) or task["Status"]["State"] == "complete"):
                at = moment(task["Status"]["Timestamp"])
                self.known_at[node_id] = sorted({*self.known_at.get(node_id, []), at})

    def _look_at_api(self, person: Person) -> None:
        for node in person.call("GET", f"/projects/{self.project_id}")["nodes"]:
            if node["state"] == "failed":
                self.said_at.setdefault(node["id"], datetime.now(UTC))


@dataclass
class Failed:
    """A node that failed, when it was said, and since when the engine knew (each time)."""

    node: dict[str, Any]
    said_at: datetime
    known_at: list[datetime]


@dataclass
class Canvas:
    """A project in which everything is broken."""

    deployment: Deployment
    person: Person
    project_id: str

    def add(self, key: str, version: str) -> str:
        """A node; its id."""
        return str(self.person.add_node(self.project_id, key, version)["id"])

    def node(self, node_id: str) -> Any:
        """As the API shows it."""
        return self.person.node(self.project_id, node_id)


def publish(deployment: Deployment, person: Person) -> None:
    """All the broken images, side by side."""
    wanted = [(ECHO_KEY, version, options) for _, version, options, _ in BROKEN]
    wanted += [(key, version, {}) for _, key, version, _ in GONE]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda row: deployment.publish_echo(row[1], row[0], **row[2]), wanted))
    for key, version, _ in wanted:
        deployment.wait_for_service(person, key, version)


def break_volume(canvas: Canvas) -> str:
    """A node that ran, and whose storage has gone away since; its id."""
    node_id = canvas.add(ECHO_KEY, "1.0.0")
    path = f"/projects/{canvas.project_id}/nodes/{node_id}"
    canvas.person.wait_for(canvas.project_id, node_id, "running")
    canvas.person.call("POST", f"{path}/stop")
    canvas.person.wait_for(canvas.project_id, node_id, "stopped")
    volume, stack = f"{canvas.deployment.stack}_node_{node_id}", canvas.deployment.stack
    engine = canvas.deployment.engine

    def is_removed() -> bool:
        with suppress(Exception):
            engine.remove_volume(volume)
            return True
        return False

    until(is_removed, 30, 0.5)
    nowhere = {"type": "nfs", "o": "addr=127.0.0.1", "device": ":/nowhere"}
    engine.create_volume(volume, "local", nowhere, {"werkbank.stack": stack, "werkbank.node": node_id})
    canvas.person.call("POST", f"{path}/start")
    return node_id


@pytest.fixture(scope="module")
def canvas(deployment: Deployment) -> Iterator[Canvas]:
    """A project that somebody has open."""
    person = deployment.admin()
    project_id = person.call("POST", "/projects", {"name": "everything is broken"})["id"]
    with presence(deployment, project_id):
        yield Canvas(deployment, person, project_id)
    person.call("DELETE", f"/projects/{project_id}")


def add_what_goes(canvas: Canvas, key: str, version: str) -> str:
    """A node whose image leaves the registry at that very moment; its id. The catalogue may be told of it first, and then
    no node is made: try again."""
    for _ in range(10):
        canvas.deployment.forget_image(version, key)
        with suppress(AssertionError):
            return canvas.add(key, version)
        canvas.deployment.publish_echo(version, key)
        canvas.deployment.wait_for_service(canvas.person, key, version)
    raise AssertionError("the catalogue was always first")


@pytest.fixture(scope="module")
def failed(canvas: Canvas) -> Iterator[dict[str, Failed]]:
    """Every cause, all at once."""
    publish(canvas.deployment, canvas.person)
    with Watch(canvas.deployment, canvas.project_id) as watch:
        ids = {"volume-failed": break_volume(canvas)}
        ids |= {cause: add_what_goes(canvas, key, version) for cause, key, version, _ in GONE}
        ids |= {cause: canvas.add(ECHO_KEY, version) for cause, version, _, _ in BROKEN}
        until(lambda: set(ids.values()) <= set(watch.said_at), 180)
    yield {
        cause: Failed(canvas.node(node_id), watch.said_at[node_id], watch.known_at.get(node_id, []))
        for cause, node_id in ids.items()
    }


@pytest.mark.parametrize("cause", CAUSES)
def test_a_failed_start_says_why_in_a_sentence_with_its_remedy(failed: dict[str, Failed], cause: str) -> None:
    node = failed[cause].node
    words = {row[0]: row[-1] for row in [*BROKEN, *GONE]} | {"volume-failed": "/nowhere"}
    assert node["cause"] == cause, node
    assert words[cause] in node["reason"]
    assert node["remedy"].endswith(".")
    [container] = node["containers"]
    # What the engine was never asked for has no container that could say so.
    is_silent = cause == "port-silent" or not failed[cause].known_at
    assert (container["role"], container["reason"]) == ("main", None if is_silent else node["reason"])


@pytest.mark.parametrize("cause", CAUSES)
def test_it_says_so_within_five_seconds_of_the_engine_knowing(failed: dict[str, Failed], cause: str) -> None:
    found = failed[cause]
    if cause == "port-silent":
        pytest.skip("the engine does not know of it; the bound is the start's own")
    if cause in [row[0] for row in GONE] and not found.known_at:
        pytest.skip("the registry told the catalogue before the engine was asked")
    assert found.known_at
    # A loop is one once the last of its starts has ended; all else is known with the first.
    known = max(found.known_at) if cause == "crash-loop" else min(found.known_at)
    late = (found.said_at - known).total_seconds()
    print(f"{cause}: {late:.1f} s")
    assert late < BOUND


def test_a_crash_shows_its_last_words(failed: dict[str, Failed]) -> None:
    assert "a message that explains it" in failed["crashed"].node["details"]


@pytest.mark.parametrize("cause", CAUSES)
def test_logs_and_the_engines_errors_stay_readable_though_the_service_is_gone(
    canvas: Canvas, failed: dict[str, Failed], cause: str
) -> None:
    node_id = failed[cause].node["id"]
    until(lambda: node_id not in str(canvas.deployment.node_services()), 120)
    path = f"/projects/{canvas.project_id}/nodes/{node_id}/logs"
    if not failed[cause].known_at and cause != "port-silent":
        pytest.skip("nothing of it ever came to the engine")
    [log] = canvas.person.call("GET", path)
    assert not log["is_live"]
    hours = (datetime.fromisoformat(log["kept_until"]) - datetime.fromisoformat(log["at"])).total_seconds() / 3600
    assert hours == pytest.approx(1, abs=0.01)
    assert log["errors"] or cause in ("port-silent", "ended")
    if cause in ("crashed", "crash-loop", "port-silent", "ended", "entry-point-missing"):
        assert log["text"]
    text = canvas.person.page(f"/api/v0{path}?format=text")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert log["text"] in text.text


def test_logs_of_a_node_that_runs_are_live(canvas: Canvas) -> None:
    node_id = canvas.add(ECHO_KEY, "1.0.0")
    canvas.person.wait_for(canvas.project_id, node_id, "running")
    [log] = canvas.person.call("GET", f"/projects/{canvas.project_id}/nodes/{node_id}/logs?tail=5")
    assert (log["is_live"], log["text"], log["kept_until"]) == (True, "echo starts", None)


@pytest.mark.parametrize("path", ["internal", "%69nternal", "/internal", "v0/../internal", "INTERNAL"])
def test_the_directors_inner_interface_is_not_on_the_gateway(canvas: Canvas, path: str) -> None:
    request = requests.Request("GET", canvas.deployment.url).prepare()
    request.url = f"{canvas.deployment.url}/director/{path}/nodes/x/logs"
    request.headers.update(canvas.person.session.headers)
    request.headers["Cookie"] = "; ".join(f"{c.name}={c.value}" for c in canvas.person.session.cookies)
    assert canvas.person.session.send(request, timeout=10).status_code == 404


# Registries that refuse or are away: no image of the catalogue is elsewhere, so the promise is checked below it. ---------


@pytest.fixture(scope="module")
def world(deployment: Deployment) -> Iterator[World]:
    """This machine's engine, with a client that has no login for the registry."""
    yield from real_world(deployment)


@pytest.mark.parametrize(
    ("cause", "image", "words"),
    [
        ("registry-auth", "{registry}/simcore/services/dynamic/secret:1.0.0", "no basic auth credentials"),
        ("registry-away", "127.0.0.1:9/simcore/services/dynamic/echo:1.0.0", "connection refused"),
        ("registry-away", "registry.invalid:5000/simcore/services/dynamic/echo:1.0.0", "no such host"),
    ],
)
def test_a_registry_that_refuses_is_told_from_one_that_is_away(
    deployment: Deployment, world: World, cause: str, image: str, words: str
) -> None:
    spec = replace(world.spec(), image=image.format(registry=deployment.registry))
    assert world.apply(present=(spec,))[0].is_ok

    def look() -> Any:
        seen = world.seen(spec)
        return seen if seen and seen.cause else None

    seen = until(look, 30, 0.05)
    said_at = datetime.now(UTC)
    task = min(world.swarm._client.tasks(filters={"service": spec.name}), key=lambda t: t["CreatedAt"])  # type: ignore[attr-defined]
    assert seen.cause == cause, seen
    assert words in (seen.why or "")
    assert (said_at - moment(task["Status"]["Timestamp"])).total_seconds() < BOUND
    assert world.wait(spec, Observed.FAILED).cause == cause
    assert "No such image" in seen.errors[0]


def test_a_volume_whose_driver_no_host_has_is_a_volume_that_failed(world: World) -> None:
    name = f"{world.stack}-driver"
    labels = {"werkbank.stack": world.stack, "werkbank.node": "driver", "werkbank.route": "driver", "type": "main"}
    command = ["/usr/bin/docker", "service", "create", "--quiet", "--detach", "--no-resolve-image", "--name", name]
    for label, value in labels.items():
        command += ["--label", f"{label}={value}", "--container-label", f"{label}={value}"]
    command += ["--mount", "type=volume,source=nowhere,target=/state,volume-driver=nosuchdriver", world.image]
    subprocess.run(command, check=True, capture_output=True)
    try:
        seen = until(lambda: next((s for s in world.swarm.view().seen if s.node_id == "driver" and s.cause), None), 20)
        assert (seen.cause, seen.observed) == ("volume-failed", Observed.FAILED)
        assert "missing plugin" in (seen.why or "")
    finally:
        subprocess.run(["/usr/bin/docker", "service", "rm", name], check=True, capture_output=True)
