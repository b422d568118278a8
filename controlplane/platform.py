"""What the director answers when it is asked about the platform: machines with what runs on them, parts with their images."""

from dataclasses import asdict
from typing import Any

from controlplane import cluster, deployments
from controlplane.errors import RegistryUnreadable
from controlplane.ports import Adapters


class Platform:
    """One per director; only reads."""

    def __init__(self, adapters: Adapters):
        self._adapters = adapters

    def machines(self) -> list[dict[str, Any]]:
        """All hosts, each with why it cannot be drained, and the nodes that would move. Raises ``SwarmUnreadable``."""
        found = self._adapters.cluster.machines()
        return [
            asdict(machine) | {"cannot_drain": cluster.why_not_drain(machine, found), "moves": cluster.moved(machine)}
            for machine in found
        ]

    def parts(self) -> list[dict[str, Any]]:
        """All parts with the images that they could have; `problem` when the registry does not say. Raises
        ``SwarmUnreadable``."""
        return [self._part(part) for part in deployments.ours(self._adapters.cluster).values()]

    def _part(self, part: cluster.Part) -> dict[str, Any]:
        about = {"name": part.name, "image": part.image, "update": part.update, "is_running": part.is_running}
        try:
            return about | {"options": deployments.options(part, self._adapters.registry), "problem": None}
        except RegistryUnreadable as error:
            return about | {"options": [], "problem": str(error)}
