"""Many trivial nodes started at once, against as many bare services of the same image; and how the API answers meanwhile."""

import statistics
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import docker
import requests

from tests.bench.figures import Row, against, in_turn, timed
from tests.bench.starts import Tab
from tests.support.deployment import ECHO_KEY, Deployment, Person, until

ROUNDS = 3
FEW, MANY = 10, 50
# So many ask at once, as browsers would.
HANDS = 10


class BareServices:
    """The limit: so many services of the swarm's, with nothing around them."""

    def __init__(self, deployment: Deployment, count: int):
        self._deployment, self._engine, self._count = deployment, deployment.engine, count
        self._label, self._image = f"werkbank.bench={uuid.uuid4().hex[:8]}", f"{deployment.registry}/{ECHO_KEY}:1.0.0"

    def start(self) -> None:
        """From the first request to the last first 200."""
        with ThreadPoolExecutor(HANDS) as hands:
            list(hands.map(self._create, range(self._count)))
        until(lambda: len(self._ports()) == self._count, 120, 0.05)
        with ThreadPoolExecutor(HANDS) as hands:
            list(hands.map(lambda port: until(lambda: answers(port), 60, 0.02), self._ports()))

    def _create(self, number: int) -> None:
        name, _, value = self._label.partition("=")
        template = docker.types.TaskTemplate(
            docker.types.ContainerSpec(self._image, init=True), restart_policy={"Condition": "none"}
        )
        ports = docker.types.EndpointSpec(mode="dnsrr", ports=[{"TargetPort": 8888, "PublishMode": "host", "Protocol": "tcp"}])
        # With the deployment's label `make clean-data` finds what an interruption left.
        labels = {"werkbank.stack": self._deployment.stack, name: value}
        called = f"werkbank-bench-{value}-{number}"
        self._deployment.engine.create_service(template, name=called, endpoint_spec=ports, labels=labels)

    def _ports(self) -> list[int]:
        tasks = self._engine.tasks(filters={"label": self._label, "desired-state": "running"})
        running = [task["Status"] for task in tasks if task["Status"]["State"] == "running"]
        return [ports[0]["PublishedPort"] for status in running if (ports := (status.get("PortStatus") or {}).get("Ports"))]

    def stop(self) -> None:
        """Gone, with their containers."""
        services = [service["ID"] for service in self._engine.services(filters={"label": self._label})]
        for service in services:
            self._engine.remove_service(service)
        until(lambda: not any(self._containers(service) for service in services), 120, 0.2)

    def _containers(self, service: str) -> list[Any]:
        return list(self._engine.containers(filters={"label": f"com.docker.swarm.service.id={service}"}))


def answers(port: int) -> bool:
    """Whether a page is there."""
    with suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 200
    return False


class Nodes:
    """The same through the workbench: from the first request to the last page that runs, as the tab's event stream tells."""

    def __init__(self, deployment: Deployment, tab: Tab, project_id: str, count: int):
        self._deployment, self._tab, self._project_id, self._count = deployment, tab, project_id, count
        self._ids: list[str] = []
        self._people = [deployment.admin() for _ in range(HANDS)]
        self.engine_has_all = 0.0

    def start(self) -> None:
        """All at once."""
        began = datetime.now(UTC)
        with ThreadPoolExecutor(HANDS) as hands:
            asked = hands.map(lambda n: self._people[n % HANDS].add_node(self._project_id, ECHO_KEY)["id"], range(self._count))
            self._ids = list(asked)
        for node_id in self._ids:
            self._tab.wait_for(node_id, "running")
        # By the engine's own word, for who asks it again and again takes its time.
        made = [datetime.fromisoformat(service["CreatedAt"]) for service in self._deployment.node_services(self._project_id)]
        self.engine_has_all = (max(made) - began).total_seconds() * 1000

    def stop(self, person: Person) -> None:
        """All off the canvas, and gone."""
        for node_id in self._ids:
            person.call("DELETE", f"/projects/{self._project_id}/nodes/{node_id}")
        until(lambda: not self._deployment.node_services(self._project_id), 120, 0.2)


class Asker:
    """Somebody who reads from the API all the while; milliseconds of each answer."""

    def __init__(self, deployment: Deployment):
        self._person, self._gone = deployment.admin(), threading.Event()
        self.took: list[float] = []
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        while not self._gone.wait(0.1):
            self.took.append(timed(lambda: self._person.call("GET", "/projects")))

    def end(self) -> float:
        """The 95th percentile."""
        self._gone.set()
        self._thread.join()
        return statistics.quantiles(self.took, n=20)[-1]


def measure(deployment: Deployment) -> dict[str, Row]:
    """Ten, then fifty; nodes and bare services in turn, in a project that is open."""
    deployment.publish_echo()
    person = deployment.admin()
    deployment.wait_for_service(person, ECHO_KEY)
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    tab = Tab(deployment, project_id)

    def one_round(count: int) -> dict[str, float]:
        nodes, bare = Nodes(deployment, tab, project_id, count), BareServices(deployment, count)
        asker = Asker(deployment)
        took = {"start": timed(nodes.start), "api_p95": asker.end(), "engine": nodes.engine_has_all}
        nodes.stop(person)
        # The limit is asked as much, for that takes its share of the processors.
        asker = Asker(deployment)
        took["bare"] = timed(bare.start)
        took["api_beside_bare"] = asker.end()
        bare.stop()
        return took

    few, many = in_turn(ROUNDS, lambda: one_round(FEW)), in_turn(ROUNDS, lambda: one_round(MANY))
    tab.close()
    person.call("DELETE", f"/projects/{project_id}")
    return {
        "ten_in_engine": against(f"{FEW} nodes: the engine has them all", few["engine"], "the promise", [400.0] * ROUNDS),
        "ten_start": against(f"{FEW} nodes at once, all up", few["start"], f"{FEW} bare services", few["bare"]),
        "fifty_start": against(f"{MANY} nodes at once, all up", many["start"], f"{MANY} bare services", many["bare"]),
        "fifty_api": against(
            f"a read of the API meanwhile, 95th percentile, {MANY} nodes", many["api_p95"], "the promise", [50.0] * ROUNDS
        ),
        "fifty_api_beside_bare": against(
            "the same", many["api_p95"], f"a read while {MANY} bare services start", many["api_beside_bare"]
        ),
    }
