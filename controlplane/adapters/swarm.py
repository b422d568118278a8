"""Reads the swarm through the Docker SDK; nothing here writes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docker
import requests
from docker.errors import DockerException

from controlplane.errors import SwarmUnreadable
from controlplane.labelled import NETWORK, SERVICE, doubt
from controlplane.model import Observed
from controlplane.ports import Seen, SwarmView

_ACTIVE = {"new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting"}
_LOG_LINES = 30
_NANOSECONDS = re.compile(r"\.\d+")


class DockerSwarm:
    """The swarm as its manager's engine shows it, limited to one deployment."""

    def __init__(self, stack: str):
        self._stack = stack
        self._labels = [f"werkbank.stack={stack}"]
        self._client = docker.APIClient(version="auto", timeout=10)

    def view(self) -> SwarmView:
        """See ``ports.Swarm.view``. One listing each of services, tasks, networks and gateway containers."""
        try:
            # Services before tasks: a task of a service that was not listed is somebody's for a later look.
            services = self._client.services(filters={"label": [*self._labels, "werkbank.node"]})
            tasks: dict[str, list[dict[str, Any]]] = {}
            for task in self._client.tasks(filters={"label": self._labels}):
                tasks.setdefault(task["ServiceID"], []).append(task)
            networks = self._client.networks(filters={"label": [*self._labels, "werkbank.project"]})
            gateways = self._client.containers(
                filters={"label": f"com.docker.swarm.service.name={self._stack}_gateway", "status": "running"}
            )
            seen = tuple(self._seen(service, tasks.get(service["ID"], [])) for service in services)
        except (DockerException, requests.RequestException, KeyError) as error:
            raise SwarmUnreadable(f"The swarm's manager did not answer ({error}); nothing is decided until it does.") from error
        on = [set(gateway["NetworkSettings"]["Networks"]) for gateway in gateways]
        return SwarmView(
            seen=seen,
            networks=frozenset(network["Name"] for network in networks),
            gateways=tuple(gateway["Id"] for gateway in gateways),
            attached=frozenset(set.intersection(*on) if on else ()),
            unclear=_unclear(services, networks),
        )

    def changes(self) -> Iterator[str]:
        """See ``ports.Swarm.changes``."""
        client = docker.APIClient(version="auto", timeout=None)
        filters = {"type": ["service", "container", "network"], "label": self._labels}
        for event in client.events(decode=True, filters=filters):
            yield f"{event.get('Type')} {event.get('Action')}"

    def _seen(self, service: dict[str, Any], tasks: list[dict[str, Any]]) -> Seen:
        labels = service["Spec"]["Labels"]
        tasks = sorted(tasks, key=lambda task: task["CreatedAt"])
        newest = tasks[-1] if tasks else None
        observed, why = _judged(newest)
        status = (newest or {}).get("Status", {})
        return Seen(
            node_id=labels["werkbank.node"],
            name=service["Spec"]["Name"],
            route=labels.get("werkbank.route", ""),
            project_id=labels.get("werkbank.project", ""),
            observed=observed,
            created_at=_moment((newest or service)["CreatedAt"]),
            is_started=observed == Observed.RUNNING,
            why=why,
            details=self._last_lines(service["ID"]) if observed == Observed.FAILED else None,
            host=(newest or {}).get("NodeID"),
            published_port=_published(status),
        )

    def _last_lines(self, service_id: str) -> str:
        try:
            raw = self._client.service_logs(service_id, stdout=True, stderr=True, tail=_LOG_LINES)
            return b"".join(raw).decode(errors="replace")
        except (DockerException, requests.RequestException) as error:
            return f"The log cannot be read: {error}"


def _unclear(services: list[dict[str, Any]], networks: list[dict[str, Any]]) -> dict[str, str]:
    """Names of what carries labels that are not understood, each with why."""
    found = {service["Spec"]["Name"]: doubt(service["Spec"]["Labels"], SERVICE) for service in services}
    found |= {network["Name"]: doubt(network.get("Labels") or {}, NETWORK) for network in networks}
    return {name: why for name, why in found.items() if why}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(_NANOSECONDS.sub("", text).replace("Z", "+00:00")).astimezone(UTC)


def _published(status: dict[str, Any]) -> int | None:
    ports = (status.get("PortStatus") or {}).get("Ports") or []
    return next((port.get("PublishedPort") for port in ports), None)


def _judged(task: dict[str, Any] | None) -> tuple[Observed, str | None]:
    """What the newest task says of its service; failed and rejected tasks are no "not yet"."""
    if task is None:
        return Observed.STARTING, None
    status = task["Status"]
    state, code = status["State"], (status.get("ContainerStatus") or {}).get("ExitCode")
    if state == "running":
        return Observed.RUNNING, None
    if state in _ACTIVE:
        # swarmkit retries a host's failure and waits for a fitting host without an end; its words say which it is.
        error = status.get("Err") or ""
        return (
            (Observed.FAILED, f"No host of the swarm can run it: {error}.")
            if "no suitable node" in error
            else (Observed.STARTING, None)
        )
    said = (status.get("Err") or status.get("Message") or state).rstrip(".")
    if state == "rejected":
        return Observed.FAILED, f"The host refused to start it: {said}. Its files are kept. Ask an administrator."
    return Observed.FAILED, (
        f"Its program ended{f' with exit code {code}' if code else ''}: {said}. Its files are kept. "
        "Start it again; the last lines of its log are below."
    )
