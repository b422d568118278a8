"""Start and stop of JupyterLab through the workbench, against the same image as a bare service of the swarm."""

import json
import threading
import uuid
from contextlib import suppress
from typing import Any

import docker
import requests

from tests.bench.figures import Row, against, in_turn, timed
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


class Tab:
    """A project that is open in a browser: it follows the event stream, as the page does."""

    def __init__(self, deployment: Deployment, project_id: str):
        self._nodes: dict[str, Any] = {}
        self._news = threading.Condition()
        session = deployment.admin().session
        self._stream = session.get(f"{deployment.url}/api/v0/projects/{project_id}/events?tab=bench", stream=True, timeout=60)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        kind = b""
        with suppress(requests.RequestException, AttributeError, ValueError):
            for line in self._stream.iter_lines(chunk_size=1):
                kind = line[7:] if line.startswith(b"event: ") else kind
                if line.startswith(b"data: ") and kind == b"node":
                    node = json.loads(line[6:])
                    with self._news:
                        self._nodes[node["id"]] = node
                        self._news.notify_all()

    def wait_for(self, node_id: str, state: str) -> Any:
        """The node once it is in a state."""

        def is_so() -> bool:
            node = self._nodes.get(node_id, {"state": None})
            assert node["state"] != "failed", node
            return bool(node["state"] == state)

        with self._news:
            assert self._news.wait_for(is_so, 120), self._nodes.get(node_id)
            return self._nodes[node_id]

    def close(self) -> None:
        """Nobody is there any more."""
        self._stream.close()


class Node:
    """The same through the workbench: from adding the node to the first 200 of its page at the gateway."""

    def __init__(self, person: Person, project_id: str, tab: Tab):
        self._person, self._project_id, self._tab = person, project_id, tab
        self._node: Any = None

    def start(self) -> None:
        """From the click to the page."""
        self._node = self._person.add_node(self._project_id, JUPYTER)
        self._node = self._tab.wait_for(self._node["id"], "running")
        assert self._person.page(self._node["url"]).status_code == 200

    def stop(self) -> None:
        """From the click to nothing left in the swarm."""
        self._person.call("POST", f"/projects/{self._project_id}/nodes/{self._node['id']}/stop")
        self._tab.wait_for(self._node["id"], "stopped")

    def forget(self) -> None:
        """Off the canvas."""
        self._person.call("DELETE", f"/projects/{self._project_id}/nodes/{self._node['id']}")


def measure(deployment: Deployment) -> dict[str, Row]:
    """Both in turn, in a project that is open."""
    person = deployment.admin()
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    tab = Tab(deployment, project_id)
    kept = in_turn(ROUNDS, lambda: one_round(deployment, Node(person, project_id, tab)))
    tab.close()
    person.call("DELETE", f"/projects/{project_id}")
    return {
        "node_start": against("add node to first page", kept["start"], "bare service to first page", kept["bare_start"]),
        "node_stop": against("close node to nothing left", kept["stop"], "bare service to nothing left", kept["bare_stop"]),
    }


def one_round(deployment: Deployment, node: Node) -> dict[str, float]:
    """Milliseconds of a node's start and stop, and of the bare service's."""
    bare = BareService(deployment)
    took = {"start": timed(node.start), "stop": timed(node.stop)}
    took |= {"bare_start": timed(bare.start), "bare_stop": timed(bare.stop)}
    node.forget()
    return took
