"""The machines of the swarm: what they have, what runs where, and who may be drained."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from controlplane.errors import BadInput, Conflict, NotFound
from controlplane.jobs import Kind, Work

AVAILABILITIES = ("active", "drain")


@dataclass(frozen=True)
class Placed:
    """A task that is on a machine: of which service, of a part of the platform or of a node; ``state`` in the engine's word."""

    service: str
    state: str
    part: str | None = None
    node_id: str | None = None
    is_pinned: bool = False  # it may run on this machine only
    is_ours: bool = True  # of this deployment


@dataclass(frozen=True)
class Machine:
    """A host with its resources. ``reserved_*`` is what services on it have reserved; ``used_*`` is None when unknown."""

    id: str
    name: str
    role: str
    state: str
    availability: str
    address: str
    engine: str
    is_leader: bool
    cpus: float
    memory_bytes: int
    reserved_cpus: float = 0
    reserved_memory_bytes: int = 0
    used_cpus: float | None = None
    used_memory_bytes: int | None = None
    tasks: tuple[Placed, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the platform as the swarm has it; ``version`` changes whenever anybody changes it.

    ``update`` is the engine's word on its last update (completed, updating, rollback_completed, ...), or empty.
    ``settings`` is all of the engine's spec of it but the image; ``deployed`` is another one
    when a deploy gave it other ones or made it anew; empty when no deploy said so.
    """

    name: str
    service: str
    version: int
    image: str
    update: str = ""
    is_running: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    deployed: str = ""


class Cluster(Protocol):
    """Reads machines and parts, and only reads. Each raises ``SwarmUnreadable``."""

    def machines(self) -> tuple[Machine, ...]:
        """All hosts, with the tasks that are on them."""

    def parts(self) -> tuple[Part, ...]:
        """The platform's parts in this deployment."""


def why_not_drain(machine: Machine, machines: tuple[Machine, ...]) -> str | None:
    """The sentence that refuses it, or None: pinned parts have no other place, and somebody must manage the swarm."""
    pinned = sorted({task.part or task.service for task in machine.tasks if task.is_pinned})
    if pinned:
        return (
            f"{machine.name} cannot be drained: {', '.join(pinned)} can run on no other host, so the platform would stop. "
            "Nothing was changed; nodes that run stay."
        )
    others = [m for m in machines if m.id != machine.id and m.role == "manager"]
    if machine.role == "manager" and not any(m.state == "ready" and m.availability == "active" for m in others):
        return f"{machine.name} is the last active manager of the swarm; nothing was changed. Make another host a manager first."
    return None


def moved(machine: Machine) -> list[str]:
    """The nodes that would be started anew on another host when this one is drained."""
    return sorted({task.node_id for task in machine.tasks if task.node_id and task.is_ours and task.state not in _OVER})


_OVER = ("complete", "failed", "rejected", "shutdown", "orphaned", "remove")


def _read(inputs: dict[str, Any]) -> dict[str, Any]:
    host, availability = inputs.get("host"), inputs.get("availability")
    if set(inputs) - {"host", "availability"} or not isinstance(host, str) or not 0 < len(host) <= 64:
        raise BadInput("A host's availability takes `host` (its id) and `availability`, and nothing else.")
    if availability not in AVAILABILITIES:
        raise BadInput(f"availability must be one of {', '.join(AVAILABILITIES)}.")
    return {"host": host, "availability": availability}


def _variables(work: Work) -> dict[str, Any]:
    """Raises ``NotFound``, and ``Conflict`` for a host that cannot be drained."""
    machines = work.adapters.cluster.machines()
    machine = next((each for each in machines if each.id == work.inputs["host"]), None)
    if machine is None:
        raise NotFound("There is no such host in the swarm any more; nothing was changed.")
    if work.inputs["availability"] == "drain" and (why := why_not_drain(machine, machines)):
        raise Conflict(why)
    return {"host_id": machine.id, "host_availability": work.inputs["availability"]}


HOST = Kind("host", "host.yml", _read, _variables, is_repeatable=True)
