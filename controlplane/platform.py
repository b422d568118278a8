"""What the director answers when it is asked about the platform: its machines, its parts, and what can be published from it."""

from dataclasses import asdict
from typing import Any

from controlplane import cluster, deployments, publishing
from controlplane.database import Database
from controlplane.errors import RegistryUnreadable
from controlplane.ports import Adapters
from controlplane.settings import Settings


class Platform:
    """One per director; only reads."""

    def __init__(self, adapters: Adapters, settings: Settings, database: Database):
        self._adapters, self._settings, self._database = adapters, settings, database

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
        parts = deployments.ours(self._adapters.cluster)
        bent = deployments.drifted(self._database, parts)
        return [self._part(part) | {"drift": bent[name][1] if name in bent else []} for name, part in parts.items()]

    def sources(self) -> dict[str, Any]:
        """What services can be published from: folders of the checkout, and protocols of repositories."""
        return {
            "folders": publishing.folders(self._settings.checkout_dir),
            "protocols": publishing.protocols(self._settings.git_protocols),
        }

    def _part(self, part: cluster.Part) -> dict[str, Any]:
        about = {"name": part.name, "image": part.image, "update": part.update, "is_running": part.is_running}
        try:
            return about | {"options": deployments.options(part, self._adapters.registry), "problem": None}
        except RegistryUnreadable as error:
            return about | {"options": [], "problem": str(error)}
