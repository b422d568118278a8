"""What the core needs of the world, as promises; adapters keep them, and so do the fakes of the tests."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from controlplane.model import Observed
from controlplane.porter.ports import PorterSpec

if TYPE_CHECKING:
    from controlplane.ahead.pulls import HostImages
    from controlplane.cluster import Cluster
    from controlplane.porter.remote import Here, PorterServices


@dataclass(frozen=True)
class ContainerSeen:
    """What the swarm shows of one of a node's services: the main one, or one that it depends on."""

    name: str
    role: str  # "main" or "dependency", the label `type`
    image: str
    observed: Observed
    why: str | None = None


@dataclass(frozen=True)
class ContainerLog:
    """The last lines of one container of a node, and what the engine says of its tasks that failed."""

    container: str
    text: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What the swarm shows of one node: of its main service and of those beside it, together.

    ``route`` is the incarnation they were made for. ``observed`` is failed when one of them failed, running when all
    run, else starting. ``cause`` is the kind of failure (controlplane/causes.py), ``why`` says it in a sentence and
    ``remedy`` what to do; ``details`` are the last lines of the log of the service that failed, ``errors`` what the
    engine said of its tasks, ``logs`` the same of all of them. ``failures`` counts the tasks that failed; ``is_retried``
    says that the swarm starts the service again by itself: then it has a cause, but has not failed yet. ``step`` is the
    engine's word for where the main service's task is; its ``host`` and ``published_port`` are known once it runs.
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
    container_id: str | None = None  # of the main service, once a task has one
    logs: tuple[ContainerLog, ...] = ()
    failures: int = 0
    is_retried: bool = False
    step: str = ""

    @property
    def seen_containers(self) -> tuple[ContainerSeen, ...]:
        """Its containers; one that tells of none is its own only one."""
        return self.containers or (ContainerSeen(self.name, "main", "", self.observed, self.why),)

    @property
    def names(self) -> tuple[str, ...]:
        """The swarm's names of all its services: the main one first, for what depends on others is closed before them."""
        by_role = sorted(self.seen_containers, key=lambda container: container.role != "main")
        return tuple(container.name for container in by_role)


@dataclass(frozen=True)
class SwarmView:
    """Everything of this deployment's nodes, read in one go: a partial reading is an error, never a view.

    ``on`` are the networks that each gateway's container is on, ``attached`` those that all are on; ``anchors`` the same
    of each anchor. ``open_networks`` are those of ``networks`` that have a way out.
    """

    seen: tuple[Seen, ...] = ()
    networks: frozenset[str] = frozenset()
    gateways: tuple[str, ...] = ()
    attached: frozenset[str] = frozenset()
    on: dict[str, frozenset[str]] = field(default_factory=dict)
    anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    # The image that gateways on the director's host are made of, as that host knows it.
    gateway_image: str | None = None
    open_networks: frozenset[str] = frozenset()
    # Names of services and networks whose labels are not understood, each with why: they are never removed as orphans.
    unclear: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Host:
    """A machine of the swarm: ``role`` manager or worker, ``state`` ready or down, ``availability`` active, pause or drain."""

    id: str
    name: str
    role: str
    state: str
    availability: str


@dataclass(frozen=True)
class ServiceImage:
    """An image that a service of the swarm runs, or (``is_previous``) ran before its last update and may go back to."""

    service: str
    image: str
    is_previous: bool = False


class Swarm(Protocol):
    """Reads the swarm, and only reads."""

    def view(self) -> SwarmView:
        """What there is now. Raises ``SwarmUnreadable`` when any part of it cannot be read."""

    def hosts(self) -> tuple[Host, ...]:
        """The machines of the swarm. Raises ``SwarmUnreadable``."""

    def images(self) -> tuple[ServiceImage, ...]:
        """What all services of the swarm run, those of other deployments too. Raises ``SwarmUnreadable``."""

    def changes(self) -> Iterator[str]:
        """Blocks; yields a word whenever something of this deployment changed. May end or raise at any time."""

    def logs(self, node_id: str, tail: int = 200) -> tuple[ContainerLog, ...]:
        """The last lines of each of the node's containers. Bounded in time and size; what cannot be read says so."""


@dataclass(frozen=True)
class NodeSpec:
    """One of a node's services as it should be: an item of `node_service_present` (roles/node_service).

    The main one is on the project's ``network``, under the name ``route``. A node of several is on a network of its own
    as well, ``own_network``, where each has its ``alias``. ``after`` names the services that must run before it starts.
    ``container`` holds what the image's settings ask for beyond that, in the role's words.
    """

    node_id: str
    project_id: str
    name: str
    image: str
    network: str
    route: str
    port: int | None
    env: dict[str, str]
    mounts: tuple[dict[str, Any], ...]
    constraints: tuple[str, ...]
    cpus: float
    memory_bytes: int
    reserved_cpus: float = 0
    reserved_memory_bytes: int = 0
    publish: bool = False
    internal: bool = True
    role: str = "main"
    alias: str = ""
    own_network: str | None = None
    own_internal: bool = True
    after: tuple[str, ...] = ()
    container: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """A network that is to be there: a project's, or a node's own, which is that of the node ``node_id`` alone."""

    name: str
    project_id: str
    internal: bool = True
    attachable: bool = True
    node_id: str | None = None


@dataclass(frozen=True)
class Anchor:
    """A container that is to run beside the gateway, made of an image that its host has; it does nothing."""

    name: str
    image: str


@dataclass(frozen=True)
class Attachment:
    """A gateway's container, or an anchor's, that is to be on a project's network; no service is touched for it.

    The anchor comes first: it is what brings the network to its host, where the gateway's container is.
    """

    gateway: str
    network: str
    project_id: str
    internal: bool = True
    is_anchor: bool = False


@dataclass(frozen=True)
class Volume:
    """A volume that is to be gone: of a slot that nobody claimed, so there is nothing of anybody's on it."""

    node_id: str
    name: str


@dataclass(frozen=True)
class Order:
    """What one run should bring about: networks and services that are to be there, what is to be gone, and the gateways
    and anchors that come onto networks.

    They leave those in ``detach`` in its order, before services and networks go: an engine keeps a shadow of a network
    whose last task ends while something else is still on it.
    """

    present: tuple[NodeSpec, ...] = ()
    absent: tuple[Seen, ...] = ()
    networks_absent: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    attach: tuple[Attachment, ...] = ()
    detach: tuple[Attachment, ...] = ()
    volumes_absent: tuple[Volume, ...] = ()
    porters: tuple[PorterSpec, ...] = ()
    porters_absent: tuple[str, ...] = ()

    @property
    def node_ids(self) -> list[str]:
        """The nodes it concerns, each once."""
        named = [*(spec.node_id for spec in self.present), *(seen.node_id for seen in self.absent)]
        return list(dict.fromkeys(named + [volume.node_id for volume in self.volumes_absent]))


@dataclass(frozen=True)
class Event:
    """What one task did on one host. ``item`` is the node of a task that loops over nodes; ``duration`` is in seconds."""

    kind: str
    task: str | None = None
    host: str | None = None
    item: str | None = None
    message: str | None = None
    changed: bool = False
    duration: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How a run ended: which nodes failed, with the failing task's message; ``message`` where no node is to blame."""

    is_ok: bool
    message: str | None = None
    failed: dict[str, str] = field(default_factory=dict)
    is_canceled: bool = False
    # What the playbook told with `set_stats`.
    told: dict[str, Any] = field(default_factory=dict)


def never() -> bool:
    """Nobody cancels it."""
    return False


class Provisioner(Protocol):
    """Writes to the swarm: idempotent, and finished when it returns."""

    def apply(self, order: Order, on_event: Callable[[Event], None], is_cancel_asked: Callable[[], bool] = never) -> Outcome:
        """Brings the order about. Never raises for what the swarm says; that is an outcome.

        ``is_cancel_asked`` is asked about once a second; after a yes nothing of the run is at work when this returns.
        """

    def run(  # noqa: PLR0913  what a run can be told
        self,
        playbook: str,
        extravars: dict[str, Any],
        on_event: Callable[[Event], None],
        is_cancel_asked: Callable[[], bool] = never,
        *,
        timeout: int = 180,
        is_check: bool = False,
    ) -> Outcome:
        """Any playbook, `playbooks/name.yml`, for at most ``timeout`` seconds, on the hosts of a folder in inventory/;
        ``is_check`` adds `--check --diff`: then nothing is changed. Otherwise as ``apply``."""


@dataclass(frozen=True)
class FoundImage:
    """One tag in the registry: its reference for engines, digest and labels; ``problem`` says why they cannot be read."""

    repository: str
    tag: str
    image: str
    digest: str
    labels: dict[str, str]
    problem: str | None = None


@dataclass(frozen=True)
class StoredImage:
    """One manifest in the registry, with all tags that stand for it.

    ``blobs`` are what it is made of, each with its bytes as they are stored (compressed): itself, its configuration and
    layers, and where it is an index all of its ``parts``, the digests of the manifests in it. ``problem`` says why it
    cannot be read.
    """

    repository: str
    tags: tuple[str, ...]
    digest: str
    blobs: dict[str, int] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    problem: str | None = None


class Registry(Protocol):
    """Reads the images of services. Each raises ``RegistryUnreadable``; none gives a part for the whole."""

    def repositories(self) -> list[str]:
        """The names of all repositories of services."""

    def tags(self, repository: str) -> list[str]:
        """The repository's tags; none when there is no such repository."""

    def digest(self, repository: str, tag: str) -> str | None:
        """What the tag stands for now, None when it is gone. The cheapest question there is."""

    def labels(self, repository: str, digest: str) -> dict[str, str]:
        """The labels of an image, which never change. Raises ``LabelError`` when the image is none that has any."""

    def made_at(self, repository: str, digest: str) -> datetime | None:
        """When the image was made, if it says so."""

    def reference(self, repository: str, tag: str, digest: str) -> str:
        """The image's name for engines."""

    def stored(self) -> list[StoredImage]:
        """Everything that a tag stands for, of all repositories, the platform's own included."""


@dataclass(frozen=True)
class Answer:
    """Whether a page is there, and in a few words what was seen of it."""

    is_there: bool
    said: str = ""


@dataclass(frozen=True)
class Activity:
    """What a service said of itself: whether it is at work, when it last was (UTC, our clock), and how many pages are
    connected to it just now."""

    is_busy: bool
    last_at: datetime | None = None
    connections: int = 0


class Prober(Protocol):
    """Asks a node's service: whether its page is there, and whether it is at work."""

    def answers(self, route: str, port: int, path: str) -> Answer:
        """It is there when it answers with a success or a redirect within a second."""

    def activity(self, route: str, port: int, paths: Sequence[str], form: str) -> Activity | None:
        """What the service answers at these paths, in a form of controlplane/activity.py, within seconds. None is
        unknown: it does not answer, or not in that form. Never raises."""

    def is_open(self) -> bool:
        """Whether people's requests come through to the workbench. Never raises."""


@dataclass
class Adapters:
    """The chosen way to the world."""

    swarm: Swarm
    provisioner: Provisioner
    registry: Registry
    prober: Prober
    cluster: "Cluster"
    porters: "Here"
    porter_services: "PorterServices"
    host_images: "HostImages"
