"""Reads the swarm through the Docker SDK; nothing here writes."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, NotFound

from controlplane import causes
from controlplane.adapters.tasks import Service, lines_of, moment, published
from controlplane.errors import SwarmUnreadable
from controlplane.inquiries import Inquiries
from controlplane.labelled import NETWORK, SERVICE, doubt
from controlplane.model import Observed
from controlplane.ports import ContainerLog, ContainerSeen, Host, Seen, ServiceImage, SwarmView

_LOG_LINES = 30
_LOG_BYTES = 256 * 1024
# Of the engine's events those after which the swarm looks another way; a health check alone makes three others.
_NEWS = ["create", "start", "die", "oom", "update", "remove", "destroy", "connect", "disconnect", "health_status"]
# Seconds that a log or a registry may take; the engine can hang on both.
_PATIENCE = 2.5


class DockerSwarm:
    """The swarm as its manager's engine shows it, limited to one deployment.

    ``has_repository`` is the registry's word on an image of which a version is missing (``HttpRegistry.has_repository``).
    """

    def __init__(self, stack: str, has_repository: Callable[[str], bool | None] = lambda _: None):
        self._stack, self._has_repository = stack, has_repository
        self._labels = [f"werkbank.stack={stack}"]
        self._client = docker.APIClient(version="auto", timeout=10)
        # Another client for what may hang, so that a look never waits behind it.
        self._slow_client = docker.APIClient(version="auto", timeout=_PATIENCE)
        self._inquiries: Inquiries[_Learned] = Inquiries("inquiry")

    @property
    def api_version(self) -> str:
        """The newest version of its API that the engine and this client speak."""
        return str(self._client.api_version)

    def view(self) -> SwarmView:
        """See ``ports.Swarm.view``. One listing each of services, tasks, networks and gateway containers."""
        try:
            found = self._services(["werkbank.node"])
            networks = [
                n for n in self._client.networks(filters={"label": [*self._labels, "werkbank.project"]}) if not is_shadow(n)
            ]
            gateways = self._running(f"com.docker.swarm.service.name={self._stack}_gateway")
            anchors = self._running(*self._labels, "werkbank.part=anchor")
            nodes: dict[str, list[Service]] = {}
            for service in found:
                nodes.setdefault(service.labels["werkbank.node"], []).append(service)
            seen = tuple(self._seen(services) for services in nodes.values())
        except (DockerException, requests.RequestException, KeyError) as error:
            raise SwarmUnreadable(f"The swarm's manager did not answer ({error}); nothing is decided until it does.") from error
        self._inquiries.forget_all_but(service.key for service in found)
        on = _on(gateways)
        return SwarmView(
            seen=seen,
            networks=frozenset(network["Name"] for network in networks),
            gateways=tuple(on),
            attached=frozenset.intersection(*on.values()) if on else frozenset(),
            on=on,
            anchors=_on(anchors),
            gateway_image=gateways[0]["ImageID"] if gateways else None,
            open_networks=frozenset(network["Name"] for network in networks if not network["Internal"]),
            unclear=_unclear([service.raw for service in found], networks),
        )

    def hosts(self) -> tuple[Host, ...]:
        """See ``ports.Swarm.hosts``."""
        try:
            return tuple(_host(node) for node in self._client.nodes())
        except (DockerException, requests.RequestException, KeyError) as error:
            raise SwarmUnreadable(f"The swarm's manager did not answer ({error}); its hosts are not known.") from error

    def images(self) -> tuple[ServiceImage, ...]:
        """See ``ports.Swarm.images``."""
        try:
            services = self._client.services()
        except (DockerException, requests.RequestException) as error:
            raise SwarmUnreadable(f"The swarm's manager did not answer ({error}); what it runs is not known.") from error
        specs = [(service, name) for service in services for name in ("Spec", "PreviousSpec") if service.get(name)]
        return tuple(
            ServiceImage(service["Spec"]["Name"], service[name]["TaskTemplate"]["ContainerSpec"]["Image"], name != "Spec")
            for service, name in specs
            if service[name].get("TaskTemplate", {}).get("ContainerSpec")
        )

    def changes(self) -> Iterator[str]:
        """See ``ports.Swarm.changes``."""
        client = docker.APIClient(version="auto", timeout=None)
        filters = {"type": ["service", "container", "network"], "label": self._labels, "event": _NEWS}
        for event in client.events(decode=True, filters=filters):
            yield f"{event.get('Type')} {event.get('Action')}"

    def logs(self, node_id: str, tail: int = 200) -> tuple[ContainerLog, ...]:
        """See ``ports.Swarm.logs``."""
        try:
            services = self._services([f"werkbank.node={node_id}"])
        except (DockerException, requests.RequestException) as error:
            raise SwarmUnreadable(f"The swarm's manager did not answer ({error}); its logs can be read later.") from error
        return self._logs(services, tail)

    # What is ------------------------------------------------------------------------------------------------------

    def _running(self, *labels: str) -> list[dict[str, Any]]:
        """The containers with these labels that run on this engine's host."""
        return self._client.containers(filters={"label": [*labels], "status": "running"})  # type: ignore[no-any-return]

    def _services(self, labels: list[str]) -> list[Service]:
        # Services before tasks: a task of a service that was not listed is somebody's for a later look.
        services = self._client.services(filters={"label": [*self._labels, *labels]})
        tasks: dict[str, list[dict[str, Any]]] = {}
        for task in self._client.tasks(filters={"label": self._labels}):
            tasks.setdefault(task["ServiceID"], []).append(task)
        by_age = {key: tuple(sorted(found, key=lambda task: task["CreatedAt"])) for key, found in tasks.items()}
        return [Service(service, by_age.get(service["ID"], ())) for service in services]

    def _seen(self, services: list[Service]) -> Seen:
        """All services of one node, together; one that failed counts as failed once it is known why, or that it cannot be."""
        services.sort(key=lambda service: (service.role != "main", service.name))
        lost = next((service for service in sorted(services, key=_weight) if service.lost), None)
        if lost is None:
            return _together(services)
        is_over, learned = self._inquiries.ask(lost.key, lambda: self._find_out(services, lost))
        if not is_over:
            # Nothing is decided upon half an answer.
            seen = _together(services)
            return replace(seen, observed=Observed.STARTING) if seen.observed == Observed.FAILED else seen
        return _together(services, lost, learned or _Learned())

    # Why ----------------------------------------------------------------------------------------------------------

    def _find_out(self, services: list[Service], lost: Service) -> "_Learned":
        """Everything that can be learned within a moment: logs, the host's and the registry's word."""
        with ThreadPoolExecutor(1) as pool:
            logs = pool.submit(self._logs, services, _LOG_LINES)
            registry = self._ask_registry(lost.image) if "No such image" in lost.told().words else None
            return _Learned(logs.result(), registry, self._is_out_of_memory(lost.lost or {}))

    def _is_out_of_memory(self, task: dict[str, Any]) -> bool | None:
        container = (task.get("Status", {}).get("ContainerStatus") or {}).get("ContainerID")
        try:
            return bool(self._slow_client.inspect_container(container)["State"]["OOMKilled"]) if container else False
        except (DockerException, requests.RequestException):
            return None  # it ran on another host

    def _ask_registry(self, image: str) -> str:
        """What the image's registry answers this host when it is asked with the deployment's login; nothing when it has it."""
        said = self._asked(image, None)
        if said == "":
            # The registry has it for us; the host that could not get it had no login, or no way.
            return self._asked(image, {}) and "unauthorized: the host that was to run it had no login that works"
        if "manifest unknown" in said and self._has_repository(image):
            return causes.TAG_MISSING
        return said

    def _asked(self, image: str, login: dict[str, str] | None) -> str:
        try:
            self._slow_client.inspect_distribution(image, auth_config=login)
        except NotFound as error:
            return str(error.explanation)
        except APIError as error:
            return str(error.explanation).rpartition('": ')[2]
        except (DockerException, requests.RequestException):
            return f"no answer within {_PATIENCE} s"
        return ""

    def _logs(self, services: list[Service], tail: int) -> tuple[ContainerLog, ...]:
        if not services:
            return ()
        with ThreadPoolExecutor(len(services)) as pool:
            texts = list(pool.map(lambda service: self._last_lines(service, tail), services))
        return tuple(ContainerLog(service.name, text, service.errors) for service, text in zip(services, texts, strict=True))

    def _last_lines(self, service: Service, tail: int) -> str:
        """Bounded: the engine may hang on a log of a host that is away."""
        deadline, read = time.monotonic() + _PATIENCE, b""
        try:
            stream = self._slow_client.service_logs(
                service.raw["ID"], stdout=True, stderr=True, tail=tail, timestamps=True, is_tty=False
            )
            for piece in stream:
                read += piece
                if time.monotonic() > deadline or len(read) > _LOG_BYTES:
                    break
        except (DockerException, requests.RequestException) as error:
            return lines_of(read, tail) or f"The log cannot be read: {error}"
        return lines_of(read, tail)


def _on(containers: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """The networks that each is on."""
    return {each["Id"]: frozenset(each["NetworkSettings"]["Networks"]) for each in containers}


def _host(node: dict[str, Any]) -> Host:
    spec = node["Spec"]
    return Host(node["ID"], node["Description"]["Hostname"], spec["Role"], node["Status"]["State"], spec["Availability"])


def is_shadow(network: dict[str, Any]) -> bool:
    """Whether only this engine still shows a network that its swarm has forgotten (seen with engine 20.10). Nobody can
    remove it; it goes when the engine starts again. What the swarm itself lists has no word on containers."""
    return network.get("Scope") == "swarm" and network.get("Containers") is not None


def _unclear(services: list[dict[str, Any]], networks: list[dict[str, Any]]) -> dict[str, str]:
    """Names of what carries labels that are not understood, each with why."""
    found = {service["Spec"]["Name"]: doubt(service["Spec"]["Labels"], SERVICE) for service in services}
    found |= {network["Name"]: doubt(network.get("Labels") or {}, NETWORK) for network in networks}
    return {name: why for name, why in found.items() if why}


@dataclass(frozen=True)
class _Learned:
    """What was learned of a failure beside what its task says (``causes.Told``)."""

    logs: tuple[ContainerLog, ...] = ()
    registry: str | None = None
    is_out_of_memory: bool | None = None

    def log_of(self, service: Service) -> str:
        """The last lines of one service."""
        return next((log.text for log in self.logs if log.container == service.name), "")


def _weight(service: Service) -> tuple[bool, bool]:
    """What failed for good explains more than what is tried again."""
    return service.observed != Observed.FAILED, service.is_retried


def _together(services: list[Service], lost: Service | None = None, learned: _Learned | None = None) -> Seen:
    """What several services make of one node: failed when one is, running when all are; and why, as far as it is known."""
    main, states = services[0], [service.observed for service in services]
    observed = Observed.RUNNING if set(states) == {Observed.RUNNING} else Observed.STARTING
    seen = Seen(
        node_id=main.labels["werkbank.node"],
        name=main.name,
        route=main.labels.get("werkbank.route", ""),
        project_id=main.labels.get("werkbank.project", ""),
        observed=Observed.FAILED if Observed.FAILED in states else observed,
        created_at=moment((main.newest or main.raw)["CreatedAt"]),
        is_started=observed == Observed.RUNNING,
        host=(main.newest or {}).get("NodeID"),
        published_port=published(main.newest),
        container_id=((main.newest or {}).get("Status", {}).get("ContainerStatus") or {}).get("ContainerID"),
        step=str((main.newest or {}).get("Status", {}).get("State", "new")),
        containers=tuple(_container(service) for service in services),
    )
    return _explained(seen, lost, learned) if lost and learned else seen


def _explained(seen: Seen, lost: Service, learned: _Learned) -> Seen:
    log = learned.log_of(lost)
    failure = causes.cause_of(lost.told(log=log, registry=learned.registry, is_out_of_memory=learned.is_out_of_memory))
    return replace(
        seen,
        cause=failure.code,
        why=failure.why,
        remedy=failure.remedy,
        details=log or "\n".join(lost.errors),
        errors=lost.errors,
        logs=learned.logs,
        failures=len(lost.over),
        is_retried=lost.is_retried,
        containers=tuple(replace(c, why=failure.why) if c.name == lost.name else c for c in seen.containers),
    )


def _container(service: Service) -> ContainerSeen:
    return ContainerSeen(service.name, service.role, service.image.partition("@")[0], service.observed)
