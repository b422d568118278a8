"""A world that behaves: a swarm, a provisioner and a registry in memory, with the promises of controlplane.ports."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from controlplane.clock import now
from controlplane.errors import RegistryUnreadable, SwarmUnreadable
from controlplane.model import Observed
from controlplane.ports import Activity, Adapters, Event, FoundImage, NodeSpec, Order, Outcome, Seen, SwarmView


@dataclass
class FakeSwarm:
    """Keeps services and networks as a swarm would; faults are switched on by the tests."""

    services: dict[str, tuple[NodeSpec, Seen]] = field(default_factory=dict)
    networks: set[str] = field(default_factory=set)
    gateways: tuple[str, ...] = ("gateway-1",)
    attached: set[str] = field(default_factory=set)
    is_away: bool = False
    starts: list[str] = field(default_factory=list)
    # What the engine would do with an image: run it (None), or fail with this sentence.
    fates: dict[str, str | None] = field(default_factory=dict)
    # Names of what carries labels that nobody understands, with why.
    unclear: dict[str, str] = field(default_factory=dict)

    def view(self) -> SwarmView:
        """See ``ports.Swarm.view``."""
        if self.is_away:
            raise SwarmUnreadable
        seen = tuple(item for _, item in self.services.values())
        return SwarmView(seen, frozenset(self.networks), self.gateways, frozenset(self.attached), self.unclear)

    def changes(self) -> Iterator[str]:
        """Nothing changes by itself here."""
        return iter(())

    def replace_gateway(self) -> None:
        """The swarm has rescheduled the gateway: the new one is on no project's network."""
        self.gateways, self.attached = ("gateway-2",), set()

    def create(self, spec: NodeSpec) -> None:
        """What the engine does with a service that is asked for."""
        if spec.name in self.services:
            return
        fate = self.fates.get(spec.image.split("@", maxsplit=1)[0])
        self.starts.append(spec.node_id)
        seen = Seen(
            node_id=spec.node_id,
            name=spec.name,
            route=spec.route,
            project_id=spec.project_id,
            observed=Observed.FAILED if fate else Observed.RUNNING,
            created_at=now(),
            is_started=not fate,
            why=fate,
            details="the last lines of its log" if fate else None,
            host="host-1",
            published_port=32768 if spec.publish else None,
        )
        self.services[spec.name] = (spec, seen)

    def crash(self, name: str) -> None:
        """The service's program ends."""
        spec, seen = self.services[name]
        self.services[name] = (spec, replace(seen, observed=Observed.FAILED, why="Its program ended."))


@dataclass
class FakeProvisioner:
    """Brings orders about at once."""

    swarm: FakeSwarm
    orders: list[Order] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def apply(self, order: Order, on_event: Callable[[Event], None]) -> Outcome:
        """See ``ports.Provisioner.apply``."""
        self.orders.append(order)
        on_event(Event("task", task="Services of the nodes are there"))
        if self.failures:
            message = self.failures.pop(0)
            return Outcome(False, failed=dict.fromkeys(order.node_ids, message))
        for seen in order.absent:
            self.swarm.services.pop(seen.name, None)
        for name in order.networks_absent:
            self.swarm.networks.discard(name)
            self.swarm.attached.discard(name)
        for spec in order.present:
            self.swarm.networks.add(spec.network)
            self.swarm.attached.add(spec.network)
            self.swarm.create(spec)
        return Outcome(True)


@dataclass
class FakeRegistry:
    """A registry with the images that a test puts there."""

    found: list[FoundImage] = field(default_factory=list)
    is_away: bool = False

    def images(self) -> list[FoundImage]:
        """See ``ports.Registry.images``."""
        if self.is_away:
            raise RegistryUnreadable
        return self.found


@dataclass
class FakeProber:
    """Pages answer, or do not; services say what they do, by route, or else nothing."""

    is_there: bool = True
    says: dict[str, Activity] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answers(self, route: str, port: int, path: str) -> bool:
        """See ``ports.Prober.answers``."""
        return self.is_there

    def activity(self, route: str, port: int, paths: Sequence[str], form: str) -> Activity | None:
        """See ``ports.Prober.activity``."""
        self.asked.append(route)
        return self.says.get(route)


_digests = itertools.count(1)


def image(key: str = "simcore/services/dynamic/echo", version: str = "1.0.0", **labels: str) -> FoundImage:
    """An image of a service with the labels of the contract."""
    kind = "computational" if "/comp/" in key else "dynamic"
    all_labels = {
        "io.simcore.key": f'{{"key": "{key}"}}',
        "io.simcore.version": f'{{"version": "{version}"}}',
        "io.simcore.type": f'{{"type": "{kind}"}}',
        "io.simcore.name": f'{{"name": "{key.rsplit("/", 1)[-1].title()}"}}',
        "io.simcore.description": '{"description": "Answers"}',
        "io.simcore.authors": '{"authors": [{"name": "A. Author", "email": "a@werkbank.example"}]}',
        "io.simcore.contact": '{"contact": "a@werkbank.example"}',
        "io.simcore.inputs": '{"inputs": {"size": {"displayOrder": 1, "label": "Size", "type": "number"}}}',
        "io.simcore.outputs": '{"outputs": {}}',
        "simcore.service.settings": '[{"name": "ports", "type": "int", "value": 8888}]',
        "simcore.service.bootsettings": '[{"name": "entry_point", "type": "string", "value": "lab"}]',
        "simcore.service.paths-mapping": '{"state_paths": ["/home/jovyan"]}',
    } | labels
    digest = f"sha256:{next(_digests):064x}"
    return FoundImage(key, version, f"127.0.0.1:1/{key}:{version}@{digest}", digest, all_labels)


def fake_adapters() -> Adapters:
    """The fake world."""
    swarm = FakeSwarm()
    return Adapters(swarm, FakeProvisioner(swarm), FakeRegistry([image()]), FakeProber())
