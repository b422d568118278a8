"""Measures, and writes bench/<version>.json and a table. Ratios are taken between figures of the same run, one after the
other in turn, for machines are noisy and drift; they are the part to trust."""

import json
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import requests

from controlplane import __version__, catalogue, nodes, projects
from controlplane.accounts import add_user
from controlplane.database import Database
from controlplane.deploy.environment import read
from controlplane.quotas import Quota
from controlplane.reconcile import Reconciler
from controlplane.settings import Settings
from tests.support.deployment import ROOT, Deployment, Person, until
from tests.support.fakes import fake_adapters

JUPYTER = "simcore/services/dynamic/jupyter"
ROUNDS = 5


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds that an act takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


class BareService:
    """The limit: the same image as a service of the swarm's, with nothing around it."""

    def __init__(self, engine: docker.APIClient, image: str):
        self._engine, self._image = engine, image
        self._name = f"werkbank-bench-{uuid.uuid4().hex[:8]}"
        self._port = 0

    def start(self) -> None:
        """From the request to the first 200 of the page."""
        template = docker.types.TaskTemplate(
            docker.types.ContainerSpec(self._image, init=True, healthcheck={"Test": ["NONE"]}),
            restart_policy={"Condition": "none"},
        )
        ports = docker.types.EndpointSpec(mode="dnsrr", ports=[{"TargetPort": 8888, "PublishMode": "host", "Protocol": "tcp"}])
        self._engine.create_service(template, name=self._name, endpoint_spec=ports)
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


def starts(deployment: Deployment) -> dict[str, dict[str, float]]:
    """Start and stop of JupyterLab, through the workbench and bare, in turn."""
    person = deployment.admin()
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    image = f"{deployment.registry}/{JUPYTER}:1.0.0"
    kept: dict[str, list[float]] = {name: [] for name in ("start", "bare_start", "stop", "bare_stop")}
    for number in range(ROUNDS + 1):
        node, bare = Node(person, project_id), BareService(deployment.engine, image)
        took = {"start": timed(node.start), "stop": timed(node.stop)}
        took |= {"bare_start": timed(bare.start), "bare_stop": timed(bare.stop)}
        node.forget()
        if number:  # the first round warms up
            for name, value in took.items():
                kept[name].append(value)
        print(f"round {number} of {ROUNDS}: " + ", ".join(f"{name} {value:.0f} ms" for name, value in took.items()), flush=True)
    person.call("DELETE", f"/projects/{project_id}")
    return {
        "node_start": against(kept["start"], kept["bare_start"]),
        "node_stop": against(kept["stop"], kept["bare_stop"]),
    }


def against(values: list[float], limits: list[float]) -> dict[str, float]:
    """Medians, and the median of the ratios round by round."""
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return {
        "median_ms": statistics.median(values),
        "limit_ms": statistics.median(limits),
        "ratio": statistics.median(ratios),
    }


def gateway(deployment: Deployment) -> dict[str, dict[str, float]]:
    """A read of the API through the gateway, against the gateway's own static answer."""
    person = deployment.admin()
    reads, limits = [], []
    for _ in range(100):
        reads.append(timed(lambda: person.call("GET", "/projects")))
        limits.append(timed(lambda: person.page("/icon.svg")))
    return {"api_read": against(reads, limits)}


def loop_passes() -> dict[str, dict[str, float]]:
    """One look of the loop when nothing is due, with 1,000 running nodes against 100 (fake swarm)."""
    return {"loop_idle_1000": against(_passes(1000), _passes(100))}


def _passes(count: int) -> list[float]:
    file = ROOT / ".cache" / f"bench-{count}.db"
    file.unlink(missing_ok=True)
    database, adapters = Database(f"sqlite:///{file}"), fake_adapters()
    database.migrate()
    catalogue.refresh(database, adapters.registry)
    with database.begin() as session:
        user = add_user(session, "bench@werkbank.example", "only for this file")
        project = projects.add_project(session, user, "bench")
        for _ in range(count):
            nodes.add_node(session, project, "simcore/services/dynamic/echo", "1.0.0", quota=Quota(count, count))
    reconciler = Reconciler(database, adapters, Settings(stack="bench"))
    while reconciler.look():
        reconciler.join()
    passes = [timed(reconciler.look) for _ in range(ROUNDS)]
    reconciler.close()
    database.engine.dispose()
    file.unlink()
    return passes


def main() -> None:
    """Measure, print, write."""
    env_file = Path(sys.argv[1])
    deployment = Deployment(env_file, read(env_file))
    until(lambda: requests.get(f"{deployment.url}/healthz", timeout=5).ok, 5)
    results = loop_passes() | gateway(deployment) | starts(deployment)
    target = ROOT / "bench" / f"{__version__}.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({"version": __version__, "rounds": ROUNDS, "results": results}, indent=2) + "\n")
    print(f"\n{'what':18} {'median':>10} {'limit':>10} {'ratio':>7}")
    for name, row in results.items():
        print(f"{name:18} {row['median_ms']:7.1f} ms {row['limit_ms']:7.1f} ms {row['ratio']:6.2f}x")
    print(f"\nWritten to {target.relative_to(ROOT)}. Quote the ratios: both figures come from the same run.")


if __name__ == "__main__":
    main()
