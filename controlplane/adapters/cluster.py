"""Reads machines, tasks and parts of the platform through the Docker SDK; nothing here writes."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import requests
from docker.errors import DockerException

from controlplane.cluster import Machine, Part, Placed
from controlplane.drift import settings_of
from controlplane.errors import SwarmUnreadable
from controlplane.porter.remote import PART

_WANTED = {"running", "ready"}
_PROC = Path("/proc")


class DockerCluster:
    """The cluster as its manager's engine shows it."""

    def __init__(self, stack: str):
        self._stack = stack
        self._client = docker.APIClient(version="auto", timeout=10)
        self._usage = Usage()

    def machines(self) -> tuple[Machine, ...]:
        """See ``cluster.Cluster.machines``."""
        with _reading():
            services = {service["ID"]: service for service in self._client.services()}
            tasks = [task for task in self._client.tasks() if task.get("DesiredState") in _WANTED and task.get("NodeID")]
            here = dict(self._client.info()).get("Swarm", {}).get("NodeID")
            nodes = self._client.nodes()
            return tuple(sorted((self._machine(n, tasks, services, here) for n in nodes), key=lambda m: m.name))

    def parts(self) -> tuple[Part, ...]:
        """See ``cluster.Cluster.parts``."""
        with _reading():
            labels = [f"werkbank.stack={self._stack}", "werkbank.part"]
            return parts_of(self._client.services(filters={"label": labels}, status=True))

    def _machine(self, node: dict[str, Any], tasks: list[Any], services: dict[str, Any], here: str | None) -> Machine:
        mine = [task for task in tasks if task["NodeID"] == node["ID"]]
        machine = machine_of(node, mine, services, self._stack)
        if node["ID"] != here:
            return machine
        cpus, memory = self._usage.look()
        share = None if cpus is None else round(cpus * machine.cpus, 2)
        return Machine(**(vars(machine) | {"used_cpus": share, "used_memory_bytes": memory}))


class Usage:
    """What this host uses, as its kernel tells: /proc is the host's in every container."""

    def __init__(self, read: Callable[[str], str] = lambda name: (_PROC / name).read_text()):
        self._read, self._lock = read, threading.Lock()
        self._before: tuple[int, int] | None = None

    def look(self) -> tuple[float | None, int | None]:
        """The share of all processors that was busy since the last look, and the bytes of memory that are taken."""
        with self._lock, suppress(OSError, ValueError, KeyError, IndexError):
            if self._before is None:
                self._before = self._ticks()
                time.sleep(0.1)
            before, self._before = self._before, self._ticks()
            idle, total = self._before[0] - before[0], self._before[1] - before[1]
            memory = dict(line.split(":") for line in self._read("meminfo").splitlines())
            taken = sum(sign * int(memory[name].split()[0]) for sign, name in ((1, "MemTotal"), (-1, "MemAvailable")))
            return (1 - idle / total if total > 0 else None), taken * 1024
        return None, None

    def _ticks(self) -> tuple[int, int]:
        values = [int(word) for word in self._read("stat").splitlines()[0].split()[1:9]]
        return values[3] + values[4], sum(values)


def machine_of(node: dict[str, Any], tasks: list[dict[str, Any]], services: dict[str, Any], stack: str) -> Machine:
    """A machine of the engine's words on it, its tasks and their services."""
    about, spec, resources = node["Description"], node["Spec"], node["Description"].get("Resources") or {}
    reserved: list[dict[str, Any]] = [
        ((task.get("Spec") or {}).get("Resources") or {}).get("Reservations") or {} for task in tasks
    ]
    return Machine(
        id=node["ID"],
        name=about["Hostname"],
        role=spec["Role"],
        state=node["Status"]["State"],
        availability=spec["Availability"],
        address=str(node["Status"].get("Addr") or ""),
        engine=str((about.get("Engine") or {}).get("EngineVersion") or ""),
        is_leader=bool((node.get("ManagerStatus") or {}).get("Leader")),
        cpus=int(resources.get("NanoCPUs") or 0) / 1e9,
        memory_bytes=int(resources.get("MemoryBytes") or 0),
        reserved_cpus=round(sum(int(each.get("NanoCPUs") or 0) for each in reserved) / 1e9, 3),
        reserved_memory_bytes=sum(int(each.get("MemoryBytes") or 0) for each in reserved),
        tasks=tuple(
            sorted((_placed(task, services.get(task["ServiceID"]), stack) for task in tasks), key=lambda task: task.service)
        ),
    )


def _reserved(task: dict[str, Any]) -> dict[str, Any]:
    return dict(((task.get("Spec") or {}).get("Resources") or {}).get("Reservations") or {})


def _placed(task: dict[str, Any], service: dict[str, Any] | None, stack: str) -> Placed:
    spec: dict[str, Any] = service["Spec"] if service else {"Name": "a service that is being removed"}
    labels = spec.get("Labels") or {}
    constraints = ((task.get("Spec") or {}).get("Placement") or {}).get("Constraints") or []
    return Placed(
        service=spec["Name"],
        state=task["Status"]["State"],
        part=labels.get("werkbank.part"),
        node_id=labels.get("werkbank.node"),
        # A porter is nobody's loss: what it carried is asked for again.
        is_pinned="werkbank.part" in labels
        and labels["werkbank.part"] != PART
        and any("node.id" in each.replace(" ", "") for each in constraints),
        is_ours=labels.get("werkbank.stack") == stack,
    )


def parts_of(services: list[dict[str, Any]]) -> tuple[Part, ...]:
    """The parts by name; a porter carries files for a moment, and is none."""
    found = [part_of(service) for service in services if service["Spec"]["Labels"]["werkbank.part"] != PART]
    return tuple(sorted(found, key=lambda part: part.name))


def part_of(service: dict[str, Any]) -> Part:
    """A part of the engine's words on its service."""
    given = service["Spec"]["Labels"].get("werkbank.settings")
    return Part(
        name=service["Spec"]["Labels"]["werkbank.part"],
        service=service["ID"],
        version=int(service["Version"]["Index"]),
        image=service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"],
        update=str((service.get("UpdateStatus") or {}).get("State") or ""),
        is_running=int((service.get("ServiceStatus") or {}).get("RunningTasks") or 0) > 0,
        settings=settings_of(service["Spec"]),
        # A service that was made anew, after `make down`, is on networks that were made anew as well.
        deployed=f"{service['ID']} {given}" if given else "",
    )


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (DockerException, requests.RequestException, KeyError) as error:
        raise SwarmUnreadable(f"The swarm's manager did not answer ({error}); what runs where is not known.") from error
