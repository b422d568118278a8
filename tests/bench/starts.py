"""Start and stop of JupyterLab through the workbench, against the same image as a bare service of the swarm."""

import uuid
from typing import Any

import docker
import requests

from tests.bench.figures import Row, against, timed
from tests.support.deployment import Deployment, Person, until

JUPYTER = "simcore/services/dynamic/jupyter"
ROUNDS = 5


class BareService:
    """The limit: the same image as a service of the swarm's, with nothing around it."""

    def __init__(self, deployment: Deployment):
        self._engine, self._stack = deployment.engine, deployment.stack
        self._image = f"{deployment.registry}/{JUPYTER}:1.0.0"
        self._name = f"werkbank-bench-{uuid.uuid4().hex[:8]}"
        self._port = 0

    def start(self) -> None:
        """From the request to the first 200 of the page."""
        template = docker.types.TaskTemplate(
            docker.types.ContainerSpec(self._image, init=True, healthcheck={"Test": ["NONE"]}),
            restart_policy={"Condition": "none"},
        )
        ports = docker.types.EndpointSpec(mode="dnsrr", ports=[{"TargetPort": 8888, "PublishMode": "host", "Protocol": "tcp"}])
        # With the deployment's label `make clean-data` finds what an interruption left.
        labels = {"werkbank.stack": self._stack}
        self._engine.create_service(template, name=self._name, endpoint_spec=ports, labels=labels)
        self._port = until(self._published, 60, 0.02)
        until(self._answers, 60, 0.02)

    def _published(self) -> int:
        tasks = self._engine.tasks(filters={"service": self._name, "desired-state": "running"})
        status = tasks[0]["Status"] if tasks else {}
        ports = (status.get("PortStatus") or {}).get("Ports") or []
        return ports[0]["PublishedPort"] if status.get("State") == "running" and ports else 0

    def _answers(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self._port}/lab", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> None:
        """Gone, with its container."""
        self._engine.remove_service(self._name)
        until(lambda: not self._engine.containers(filters={"label": f"com.docker.swarm.service.name={self._name}"}), 60, 0.05)


class Node:
    """The same through the workbench: from adding the node to the first 200 of its page at the gateway."""

    def __init__(self, person: Person, project_id: str):
        self._person, self._project_id = person, project_id
        self._node: Any = None

    def start(self) -> None:
        """From the click to the page."""
        self._node = self._person.add_node(self._project_id, JUPYTER)
        until(self._runs, 120, 0.05)
        assert self._person.page(self._node["url"]).status_code == 200

    def _runs(self) -> bool:
        self._node = self._person.node(self._project_id, self._node["id"])
        assert self._node["state"] != "failed", self._node
        return bool(self._node["state"] == "running")

    def stop(self) -> None:
        """From the click to nothing left in the swarm."""
        self._person.call("POST", f"/projects/{self._project_id}/nodes/{self._node['id']}/stop")
        until(lambda: self._person.node(self._project_id, self._node["id"])["state"] == "stopped", 60, 0.05)

    def forget(self) -> None:
        """Off the canvas."""
        self._person.call("DELETE", f"/projects/{self._project_id}/nodes/{self._node['id']}")


def measure(deployment: Deployment) -> dict[str, Row]:
    """Both in turn, round by round; the first round warms up and is not counted."""
    person = deployment.admin()
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    kept: dict[str, list[float]] = {name: [] for name in ("start", "stop", "bare_start", "bare_stop")}
    for number in range(ROUNDS + 1):
        took = one_round(deployment, person, project_id)
        print(f"  round {number} of {ROUNDS}: " + ", ".join(f"{name} {value:.0f} ms" for name, value in took.items()), flush=True)
        for name, value in took.items() if number else ():
            kept[name].append(value)
    person.call("DELETE", f"/projects/{project_id}")
    return {
        "node_start": against("add node to first page", kept["start"], "bare service to first page", kept["bare_start"]),
        "node_stop": against("close node to nothing left", kept["stop"], "bare service to nothing left", kept["bare_stop"]),
    }


def one_round(deployment: Deployment, person: Person, project_id: str) -> dict[str, float]:
    """Milliseconds of a node's start and stop, and of the bare service's."""
    node, bare = Node(person, project_id), BareService(deployment)
    took = {"start": timed(node.start), "stop": timed(node.stop)}
    took |= {"bare_start": timed(bare.start), "bare_stop": timed(bare.stop)}
    node.forget()
    return took
