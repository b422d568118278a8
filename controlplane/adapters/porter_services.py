"""Reads what the swarm shows of porters on other hosts, through the Docker SDK; nothing here writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
import requests
from docker.errors import DockerException, NotFound

from controlplane.errors import SwarmUnreadable
from controlplane.porter.remote import PART, PorterTask
from controlplane.ports import Host
from controlplane.spec import porters_network_name

_OVER = {"complete", "shutdown", "failed", "rejected", "remove", "orphaned"}


class DockerPorterServices:
    """Porters of one deployment. They are made of ``image``, or of what its gateway runs from: the smallest image with
    Python that every deployment has in its registry. ``engine`` is the address of a manager's engine."""

    def __init__(self, stack: str, image: str | None = None, engine: str | None = None):
        self._stack, self._image = stack, image
        self._client = docker.APIClient(base_url=engine, version="auto", timeout=10)

    def host(self, host_id: str) -> Host | None:
        """See ``remote.PorterServices.host``."""
        with _reading():
            try:
                node = self._client.inspect_node(host_id)
            except NotFound:
                return None
            spec = node["Spec"]
            return Host(node["ID"], node["Description"]["Hostname"], spec["Role"], node["Status"]["State"], spec["Availability"])

    def image(self) -> str:
        """See ``remote.PorterServices.image``."""
        if self._image:
            return self._image
        with _reading():
            service = self._client.inspect_service(f"{self._stack}_gateway")
            return str(service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"])

    def task(self, name: str) -> PorterTask | None:
        """See ``remote.PorterServices.task``."""
        with _reading():
            tasks = self._client.tasks(filters={"service": name})
            newest = max(tasks, key=lambda task: str(task["CreatedAt"]), default=None)
            return self._task(newest) if newest else None

    def shown(self) -> dict[str, bool]:
        """See ``remote.PorterServices.shown``."""
        labels = {"label": [f"werkbank.stack={self._stack}", f"werkbank.part={PART}"]}
        with _reading():
            # Secrets first: a service that was made in between has its own.
            names = {secret["Spec"]["Name"]: True for secret in self._client.secrets(filters=labels)}
            services = {service["ID"]: service["Spec"]["Name"] for service in self._client.services(filters=labels)}
            tasks = self._client.tasks(filters=labels) if services else []
            alive = {services.get(task["ServiceID"]) for task in tasks if not self._task(task).is_over}
            made = {services[task["ServiceID"]] for task in tasks if task["ServiceID"] in services}
        # A service without a task is about to get one, or its listing has just been outrun.
        return names | {name: name in made and name not in alive for name in services.values()}

    def subnets(self) -> tuple[str, ...]:
        """The addresses that porters have."""
        with _reading():
            found = self._client.networks(names=[f"^{porters_network_name(self._stack)}$"])
        return tuple(str(each["Subnet"]) for network in found for each in (network.get("IPAM") or {}).get("Config") or [])

    def _task(self, task: dict[str, Any]) -> PorterTask:
        status, name = task["Status"], porters_network_name(self._stack)
        found = [each for each in task.get("NetworksAttachments") or [] if each["Network"]["Spec"]["Name"] == name]
        addresses = [address.partition("/")[0] for each in found for address in each.get("Addresses") or []]
        is_over = status["State"] in _OVER or task["DesiredState"] in {"shutdown", "remove"}
        error = str(status.get("Err") or status.get("Message") or "")
        return PorterTask(status["State"], error, next(iter(addresses), None), is_over)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (DockerException, requests.RequestException, KeyError) as error:
        raise SwarmUnreadable(f"The swarm's manager did not answer ({error}).") from error
