"""What the core needs of the world, as promises; adapters keep them, and so do the fakes of the tests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from controlplane.model import Observed


@dataclass(frozen=True)
class ContainerSeen:
    """What the swarm shows of one of a node's services: the main one, or one that it depends on."""

    name: str
    role: str  # "main" or "dependency", the label `type`
    image: str
    observed: Observed
    why: str | None = None


@dataclass(frozen=True)
class Seen:
    """What the swarm shows of one node: of its main service and of those beside it, together.

    ``route`` is the incarnation they were made for. ``observed`` is failed when one of them failed, running when all
    run, else starting. ``cause`` is the kind of failure (controlplane/causes.py), ``why`` says it in a sentence and
    ``remedy`` what to do; ``details`` are the last lines of the log of the service that failed, ``errors`` what the
    engine said of its tasks. ``host`` and ``published_port`` of the main service are known once a task runs.
    """

    node_id: str
    name: str
    route: str
    project_id: str
    observed: Observed
    created_at: datetime
    is_started: bool = False
    why: str | None = None
    details: str | None = None
    host: str | None = None
    published_port: int | None = None
    cause: str | None = None
    remedy: str | None = None
    errors: tuple[str, ...] = ()
    containers: tuple[ContainerSeen, ...] = ()


@dataclass(frozen=True)
class SwarmView:
    """Everything of this deployment's nodes, read in one go: a partial reading is an error, never a view."""

    seen: tuple[Seen, ...] = ()
    networks: frozenset[str] = frozenset()
    gateways: tuple[str, ...] = ()
    attached: frozenset[str] = frozenset()
    # Names of services and networks whose labels are not understood, each with why: they are never removed as orphans.
    unclear: dict[str, str] = field(default_factory=dict)


class Swarm(Protocol):
    """Reads the swarm, and only reads."""

    def view(self) -> SwarmView:
        """What there is now. Raises ``SwarmUnreadable`` when any part of it cannot be read."""

    def changes(self) -> Iterator[str]:
        """Blocks; yields a word whenever something of this deployment changed. May end or raise at any time."""


@dataclass(frozen=True)
class NodeSpec:
    """One node service as it should be: the item of `node_service_present` (roles/node_service)."""

    node_id: str
    project_id: str
    name: str
    image: str
    network: str
    route: str
    port: int
    env: dict[str, str]
    mounts: tuple[dict[str, str], ...]
    constraints: tuple[str, ...]
    cpus: float
    memory_bytes: int
    reserved_cpus: float = 0
    reserved_memory_bytes: int = 0
    publish: bool = False
    internal: bool = True


@dataclass(frozen=True)
class Order:
    """What one run should bring about: services that are to be there, and names of what is to be gone."""

    present: tuple[NodeSpec, ...] = ()
    absent: tuple[Seen, ...] = ()
    networks_absent: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()

    @property
    def node_ids(self) -> list[str]:
        """The nodes it concerns."""
        return [spec.node_id for spec in self.present] + [seen.node_id for seen in self.absent]


@dataclass(frozen=True)
class Event:
    """What one task did on one host. ``item`` is the node of a task that loops over nodes."""

    kind: str
    task: str | None = None
    host: str | None = None
    item: str | None = None
    message: str | None = None
    changed: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a run ended: which nodes failed, with the failing task's message; ``message`` where no node is to blame."""

    is_ok: bool
    message: str | None = None
    failed: dict[str, str] = field(default_factory=dict)


class Provisioner(Protocol):
    """Writes to the swarm: idempotent, and finished when it returns."""

    def apply(self, order: Order, on_event: Callable[[Event], None]) -> Outcome:
        """Brings the order about. Never raises for what the swarm says; that is an outcome."""


@dataclass(frozen=True)
class FoundImage:
    """One tag in the registry: its reference for engines, digest and labels."""

    repository: str
    tag: str
    image: str
    digest: str
    labels: dict[str, str]


class Registry(Protocol):
    """Reads the images of services."""

    def images(self) -> Iterable[FoundImage]:
        """All images below `simcore/`. Raises ``RegistryUnreadable``; never gives a part for the whole."""


@dataclass(frozen=True)
class Activity:
    """What a service said of itself: whether it is at work, when it last was (UTC, our clock), and how many pages are
    connected to it just now."""

    is_busy: bool
    last_at: datetime | None = None
    connections: int = 0


class Prober(Protocol):
    """Asks a node's service: whether its page is there, and whether it is at work."""

    def answers(self, route: str, port: int, path: str) -> bool:
        """True when the page answers with a success or a redirect within a second."""

    def activity(self, route: str, port: int, paths: Sequence[str], form: str) -> Activity | None:
        """What the service answers at these paths, in a form of controlplane/activity.py, within seconds. None is
        unknown: it does not answer, or not in that form. Never raises."""


@dataclass
class Adapters:
    """The chosen way to the world."""

    swarm: Swarm
    provisioner: Provisioner
    registry: Registry
    prober: Prober
