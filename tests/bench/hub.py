"""Start of JupyterLab through the workbench, against JupyterHub with SwarmSpawner: the same image and the same command."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import docker
import requests

from tests.bench.figures import Row, against, in_turn, timed
from tests.bench.starts import JUPYTER, Node, Tab
from tests.support.deployment import ROOT, Deployment, until

ROUNDS = 5
NAME = "werkbank-bench-hub"


class Hub:
    """A hub that runs. Its way of asking is that of its REST API: https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html"""

    def __init__(self, url: str, token: str, engine: docker.APIClient):
        self._url, self._engine = url, engine
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"token {token}"
        self._count = 0

    def is_there(self) -> bool:
        """Whether it answers."""
        with suppress(requests.RequestException):
            return self._session.get(f"{self._url}/hub/api/", timeout=2).ok
        return False

    @property
    def _user(self) -> str:
        return f"bench-{self._count}"

    def add_user(self) -> None:
        """Somebody who may have a server; somebody else each time, for a name that was used before is found late."""
        self._count += 1
        self._session.post(f"{self._url}/hub/api/users/{self._user}", timeout=10).raise_for_status()

    def start(self) -> None:
        """From the request to the first 200 of the page through its proxy."""
        self._session.post(f"{self._url}/hub/api/users/{self._user}/server", timeout=120).raise_for_status()
        until(self._page_answers, 120, 0.02)

    def _page_answers(self) -> bool:
        page = self._session.get(f"{self._url}/user/{self._user}/lab", timeout=10, allow_redirects=False)
        return page.status_code == 200

    def stop(self) -> None:
        """From the request to nothing left in the swarm."""
        self._session.delete(f"{self._url}/hub/api/users/{self._user}/server", timeout=120).raise_for_status()
        until(self._is_gone, 120, 0.05)

    def _is_gone(self) -> bool:
        servers: Any = self._session.get(f"{self._url}/hub/api/users/{self._user}", timeout=10).json()["servers"]
        services = self._engine.services(filters={"name": f"{NAME}-{self._user}"})
        containers = self._engine.containers(filters={"name": f"{NAME}-{self._user}"})
        return not (servers or services or containers)


@contextmanager
def hub(deployment: Deployment) -> Iterator[Hub]:
    """One beside the deployment, as long as the block lasts; with the deployment's label `make clean-data` finds its remains."""
    engine, labels, token = deployment.engine, {"werkbank.stack": deployment.stack}, secrets.token_hex()
    image = build(deployment)
    network = engine.create_network(NAME, driver="overlay", attachable=True, labels=labels)["Id"]
    told = {"HUB_NAME": NAME, "HUB_NETWORK": NAME, "HUB_TOKEN": token, "HUB_STACK": deployment.stack}
    told["HUB_IMAGE"] = f"{deployment.registry}/{JUPYTER}:1.0.0"
    host = engine.create_host_config(binds=["/var/run/docker.sock:/var/run/docker.sock"], port_bindings={8000: ("127.0.0.1",)})
    ways = engine.create_networking_config({NAME: engine.create_endpoint_config(aliases=[NAME])})
    container = engine.create_container(
        image, name=NAME, environment=told, labels=labels, ports=[8000], host_config=host, networking_config=ways
    )["Id"]
    try:
        engine.start(container)
        port = engine.port(container, 8000)[0]["HostPort"]
        there = Hub(f"http://127.0.0.1:{port}", token, engine)
        until(there.is_there, 60, 0.2)
        yield there
    finally:
        engine.remove_container(container, force=True)
        engine.remove_network(network)


def build(deployment: Deployment) -> str:
    """Its image; the name."""
    reference = f"{NAME}:1"
    command = ["/usr/bin/docker", "build", "--quiet", "--file", "tests/bench/hub_image/Dockerfile", "--tag", reference]
    command += ["--label", f"werkbank.stack={deployment.stack}", "--build-arg", f"BASE_IMAGE={deployment.base_image()}", "."]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"DOCKER_BUILDKIT": "1"}, stdout=subprocess.DEVNULL)
    return reference


def measure(deployment: Deployment) -> dict[str, Row]:
    """Both in turn, in a project that is open; both have their network already."""
    person = deployment.admin()
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    tab = Tab(deployment, project_id)
    with hub(deployment) as other:
        kept = in_turn(ROUNDS, lambda: one_round(Node(person, project_id, tab), other))
    tab.close()
    person.call("DELETE", f"/projects/{project_id}")
    return {
        "hub_start": against("add node to first page", kept["start"], "JupyterHub with SwarmSpawner", kept["hub_start"]),
    }


def one_round(node: Node, other: Hub) -> dict[str, float]:
    """Milliseconds of a start here and there."""
    other.add_user()
    took = {"start": timed(node.start)}
    node.stop()
    took["hub_start"] = timed(other.start)
    other.stop()
    node.forget()
    return took
