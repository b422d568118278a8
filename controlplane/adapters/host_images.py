"""Reads hosts, and what the director's own engine has of images, through the Docker SDK; nothing here writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
import requests
from docker.errors import DockerException, ImageNotFound

from controlplane.ahead.plan import HostTraits
from controlplane.ahead.pulls import LABEL
from controlplane.errors import SwarmUnreadable


class DockerHostImages:
    """Hosts as a manager's engine shows them; ``engine`` is its address."""

    def __init__(self, stack: str, engine: str | None = None):
        self._stack = stack
        self._client = docker.APIClient(base_url=engine, version="auto", timeout=10)
        self._own = ""

    def hosts(self) -> tuple[HostTraits, ...]:
        """See ``ahead.pulls.HostImages.hosts``."""
        with _reading():
            return tuple(_traits(node) for node in self._client.nodes())

    def here(self, images: set[str]) -> tuple[str, frozenset[str]]:
        """See ``ahead.pulls.HostImages.here``."""
        with _reading():
            self._own = self._own or str(self._client.info()["Swarm"]["NodeID"])
            return self._own, frozenset(image for image in images if self._has(image))

    def pulling(self) -> frozenset[str]:
        """See ``ahead.pulls.HostImages.pulling``."""
        with _reading():
            found = self._client.services(filters={"label": [f"werkbank.stack={self._stack}", LABEL]})
            return frozenset(service["Spec"]["Name"] for service in found)

    def _has(self, image: str) -> bool:
        try:
            self._client.inspect_image(image)
        except ImageNotFound:
            return False
        return True


def _traits(node: dict[str, Any]) -> HostTraits:
    spec, about = node["Spec"], node["Description"]
    platform, engine = about.get("Platform") or {}, about.get("Engine") or {}
    return HostTraits(
        id=node["ID"],
        name=about["Hostname"],
        role=spec["Role"],
        state=node["Status"]["State"],
        availability=spec["Availability"],
        labels=spec.get("Labels") or {},
        engine_labels=engine.get("Labels") or {},
        os=str(platform.get("OS") or ""),
        arch=str(platform.get("Architecture") or ""),
    )


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (DockerException, requests.RequestException, KeyError) as error:
        raise SwarmUnreadable(f"The swarm's manager did not answer ({error}); no image is pulled ahead until it does.") from error
