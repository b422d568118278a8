"""A world that behaves: a swarm, a provisioner and a registry in memory, with the promises of controlplane.ports."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from controlplane import causes
from controlplane.clock import now
from controlplane.cluster import Machine, Part
from controlplane.errors import LabelError, RegistryUnreadable, SwarmUnreadable
from controlplane.model import Observed
from controlplane.ports import (
    Activity,
    Adapters,
    Answer,
    Attachment,
    ContainerLog,
    ContainerSeen,
    Event,
    FoundImage,
    Host,
    NodeSpec,
    Order,
    Outcome,
    Seen,
    ServiceImage,
    StoredImage,
    SwarmView,
    never,
)
from tests.support.fake_host_images import FakeHostImages
from tests.support.fake_porters import FakePorters, FakePorterServices


@dataclass
class FakeSwarm:
    """Keeps services and networks as a swarm would; faults are switched on by the tests."""

    services: dict[str, tuple[NodeSpec, Seen]] = field(default_factory=dict)
    networks: set[str] = field(default_factory=set)
    open_networks: set[str] = field(default_factory=set)
    volumes: set[str] = field(default_factory=set)
    # Each gateway, and the networks that it is on.
    on: dict[str, set[str]] = field(default_factory=lambda: {"gateway-1": set()})
    # The same of each anchor.
    anchors: dict[str, set[str]] = field(default_factory=lambda: {"anchor-1": set()})
    is_away: bool = False
    starts: list[str] = field(default_factory=list)
    # The names of services that were started again because somebody asked for them with other words.
    updates: list[str] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    # What the engine would do with an image: run it (None), or fail with this sentence, as a crash.
    fates: dict[str, str | None] = field(default_factory=dict)
    machines: list[Host] = field(default_factory=lambda: [Host("h1", "host-1", "manager", "ready", "active")])
    # What a new anchor would be made of.
    gateway_image: str | None = "sha256:gateway"
    # What services run that are no nodes of this deployment.
    others: tuple[ServiceImage, ...] = ()
    # Names of what carries labels that nobody understands, with why.
    unclear: dict[str, str] = field(default_factory=dict)

    def view(self) -> SwarmView:
        """See ``ports.Swarm.view``."""
        if self.is_away:
            raise SwarmUnreadable
        nodes: dict[str, list[tuple[NodeSpec, Seen]]] = {}
        for spec, item in self.services.values():
            nodes.setdefault(spec.node_id, []).append((spec, item))
        return SwarmView(
            seen=tuple(_together(services) for services in nodes.values()),
            networks=frozenset(self.networks),
            gateways=tuple(self.on),
            attached=frozenset(self.attached),
            on={gateway: frozenset(networks) for gateway, networks in self.on.items()},
            anchors={anchor: frozenset(networks) for anchor, networks in self.anchors.items()},
            gateway_image=self.gateway_image if self.on else None,
            open_networks=frozenset(self.open_networks),
            unclear=self.unclear,
        )

    @property
    def attached(self) -> set[str]:
        """The networks that every gateway is on."""
        return set.intersection(*self.on.values()) if self.on else set()

    def hosts(self) -> tuple[Host, ...]:
        """See ``ports.Swarm.hosts``."""
        if self.is_away:
            raise SwarmUnreadable
        return tuple(self.machines)

    def changes(self) -> Iterator[str]:
        """Nothing changes by itself here."""
        return iter(())

    def logs(self, node_id: str, tail: int = 200) -> tuple[ContainerLog, ...]:
        """See ``ports.Swarm.logs``."""
        if self.is_away:
            raise SwarmUnreadable
        return tuple(ContainerLog(name, "what it says") for name, (spec, _) in self.services.items() if spec.node_id == node_id)

    def images(self) -> tuple[ServiceImage, ...]:
        """See ``ports.Swarm.images``."""
        if self.is_away:
            raise SwarmUnreadable
        return tuple(ServiceImage(name, spec.image) for name, (spec, _) in self.services.items()) + self.others

    def replace_gateway(self) -> None:
        """The swarm has rescheduled the gateway: the new one is on no project's network."""
        self.on = {"gateway-2": set()}

    def restart_engine(self) -> None:
        """The gateway is another one, and nobody has started the anchor again."""
        self.replace_gateway()
        self.anchors = {}

    def attach(self, item: Attachment) -> None:
        """The engine knows a network once a task, or an anchor, is on it; an anchor needs only that it is in the swarm."""
        used = {name for spec, _ in self.services.values() for name in (spec.network, spec.own_network)}
        held = set().union(*self.anchors.values())
        if item.is_anchor and item.network in self.networks and item.gateway in self.anchors:
            self.anchors[item.gateway].add(item.network)
        elif not item.is_anchor and item.network in used | held and item.gateway in self.on:
            self.on[item.gateway].add(item.network)

    def create(self, spec: NodeSpec) -> None:
        """What the engine does with a service that is asked for."""
        if spec.name in self.services:
            if self.services[spec.name][0] != spec:
                self.updates.append(spec.name)
            return
        self.volumes |= {mount["source"] for mount in spec.mounts if mount.get("type", "volume") == "volume"}
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
            cause="crashed" if fate else None,
            why=fate,
            remedy="Read its log." if fate else None,
            details="the last lines of its log" if fate else None,
            logs=(ContainerLog(spec.name, "the last lines of its log", ("task: non-zero exit (3)",)),) if fate else (),
            failures=1 if fate else 0,
            step="failed" if fate else "running",
            host="host-1",
            published_port=32768 if spec.publish else None,
            container_id=None if fate else f"container-of-{spec.node_id}",
        )
        self.services[spec.name] = (spec, seen)

    def crash(self, name: str, is_retried: bool = False, cause: str = "crashed") -> None:
        """The service's program ends; perhaps the swarm starts it again."""
        spec, seen = self.services[name]
        observed = Observed.STARTING if is_retried else Observed.FAILED
        failure = causes.failure(cause, exit_code=3, failures=seen.failures + 1, memory="64 MiB", surely="", image=spec.image)
        told: dict[str, object] = {
            "cause": failure.code,
            "why": failure.why,
            "remedy": failure.remedy,
            "failures": seen.failures + 1,
        }
        logs = (ContainerLog(name, "its last words", ("task: non-zero exit (3)",)),)
        changed = replace(seen, observed=observed, is_started=False, is_retried=is_retried, logs=logs, **told)  # type: ignore[arg-type]
        self.services[name] = (spec, changed)

    def recover(self, name: str) -> None:
        """The swarm's next try goes well."""
        spec, seen = self.services[name]
        self.services[name] = (spec, replace(seen, observed=Observed.RUNNING, is_started=True, is_retried=True))

    def settle(self, name: str, observed: Observed) -> None:
        """The service comes into a state."""
        spec, seen = self.services[name]
        self.services[name] = (spec, replace(seen, observed=observed, is_started=observed == Observed.RUNNING))


def _together(services: list[tuple[NodeSpec, Seen]]) -> Seen:
    """A node's services as one."""
    services = sorted(services, key=lambda service: service[0].role != "main")
    containers = tuple(ContainerSeen(s.name, s.role, s.image, seen.observed, seen.why) for s, seen in services)
    shown = [seen for _, seen in services]
    worst = min(shown, key=lambda seen: (seen.observed != Observed.FAILED, not seen.cause, seen.observed == Observed.RUNNING))
    said = ("observed", "is_started", "why", "details", "cause", "remedy", "errors", "logs", "failures", "is_retried", "step")
    return replace(shown[0], containers=containers, **{name: getattr(worst, name) for name in said})


@dataclass
class FakeProvisioner:
    """Brings orders about at once."""

    swarm: FakeSwarm
    orders: list[Order] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    # What a test lets happen in the middle of a run.
    on_the_way: Callable[[], object] = never
    # Playbooks that were run, each with its variables; and what each does, when it is not just well.
    played: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    plays: dict[str, Callable[[dict[str, Any]], Outcome]] = field(default_factory=dict)

    def run(
        self,
        playbook: str,
        extravars: dict[str, Any],
        on_event: Callable[[Event], None],
        is_cancel_asked: Callable[[], bool] = never,
        *,
        timeout: int = 180,
        is_check: bool = False,
    ) -> Outcome:
        """See ``ports.Provisioner.run``."""
        self.played.append((playbook, extravars))
        on_event(Event("task", task="It is so"))
        self.on_the_way()
        if is_cancel_asked():
            return Outcome(False, is_canceled=True)
        return self.plays.get(playbook.removeprefix("playbooks/"), lambda _: Outcome(True))(extravars)

    def apply(self, order: Order, on_event: Callable[[Event], None], is_cancel_asked: Callable[[], bool] = never) -> Outcome:
        """See ``ports.Provisioner.apply``."""
        self.orders.append(order)
        on_event(Event("task", task="Services of the nodes are there"))
        self.on_the_way()
        if is_cancel_asked():
            return Outcome(False, is_canceled=True)
        if self.failures:
            message = self.failures.pop(0)
            return Outcome(False, failed=dict.fromkeys(order.node_ids, message))
        self._remove(order)
        self.swarm.networks |= {network.name for network in order.networks}
        self.swarm.open_networks |= {network.name for network in order.networks if not network.internal}
        missing = {spec.node_id for spec in order.present if not self._networks_of(spec) <= self.swarm.networks}
        for spec in [spec for spec in order.present if spec.node_id not in missing]:
            self.swarm.create(spec)
        if order.anchors:
            self.swarm.anchors = {f"{anchor.name} {len(self.orders)}": set() for anchor in order.anchors}
        for item in order.attach:
            self.swarm.attach(item)
        return Outcome(not missing, failed=dict.fromkeys(missing, "The network is not there."))

    @staticmethod
    def _networks_of(spec: NodeSpec) -> set[str]:
        return {name for name in (spec.own_network, spec.network if spec.role == "main" else None) if name}

    def _remove(self, order: Order) -> None:
        for item in order.detach:
            for members in (self.swarm.on, self.swarm.anchors):
                members.get(item.gateway, set()).discard(item.network)
        for name in [name for seen in order.absent for name in seen.names]:
            self.swarm.services.pop(name, None)
            self.swarm.removals.append(name)
        self.swarm.volumes -= {volume.name for volume in order.volumes_absent}
        for name in order.networks_absent:
            self.swarm.networks.discard(name)
            for networks in (*self.swarm.on.values(), *self.swarm.anchors.values()):
                networks.discard(name)


@dataclass
class FakeRegistry:
    """A registry with the images that a test puts there."""

    found: list[FoundImage] = field(default_factory=list)
    is_away: bool = False
    # What all its images share.
    layers: dict[str, int] = field(default_factory=lambda: {"base": 1000})
    # Every question it was asked.
    asked: list[str] = field(default_factory=list)

    def _ask(self, question: str) -> None:
        self.asked.append(question)
        if self.is_away:
            raise RegistryUnreadable

    def repositories(self) -> list[str]:
        """See ``ports.Registry.repositories``."""
        self._ask("repositories")
        return sorted({image.repository for image in self.found})

    def tags(self, repository: str) -> list[str]:
        """See ``ports.Registry.tags``."""
        self._ask(f"tags {repository}")
        return [image.tag for image in self.found if image.repository == repository]

    def digest(self, repository: str, tag: str) -> str | None:
        """See ``ports.Registry.digest``."""
        self._ask(f"digest {repository}:{tag}")
        found = [image for image in self.found if image.repository == repository and tag in (image.tag, image.digest)]
        return next((image.digest for image in found), None)

    def labels(self, repository: str, digest: str) -> dict[str, str]:
        """See ``ports.Registry.labels``."""
        self._ask(f"labels {digest}")
        image = next(image for image in self.found if image.digest == digest)
        if image.problem:
            raise LabelError(image.problem)
        return image.labels

    def stored(self) -> list[StoredImage]:
        """See ``ports.Registry.stored``."""
        self._ask("stored")
        tags: dict[tuple[str, str], list[str]] = {}
        for image in self.found:
            tags.setdefault((image.repository, image.digest), []).append(image.tag)
        return [StoredImage(name, tuple(sorted(of)), digest, self._blobs(digest)) for (name, digest), of in tags.items()]

    def delete(self, extravars: dict[str, Any]) -> Outcome:
        """What playbooks/registry_prune.yml does."""
        gone = {(item["repository"], item["digest"]) for item in extravars["registry_prune_manifests"]}
        self.found = [image for image in self.found if (image.repository, image.digest) not in gone]
        return Outcome(True)

    def _blobs(self, digest: str) -> dict[str, int]:
        return {digest: 1, f"layer of {digest}": 100} | self.layers

    def made_at(self, repository: str, digest: str) -> datetime | None:
        """See ``ports.Registry.made_at``."""
        return None

    def reference(self, repository: str, tag: str, digest: str) -> str:
        """See ``ports.Registry.reference``."""
        return next(image.image for image in self.found if (image.repository, image.tag) == (repository, tag))


@dataclass
class FakeProber:
    """Pages answer, or do not; services say what they do, by route, or else nothing."""

    is_there: bool = True
    says: dict[str, Activity] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answers(self, route: str, port: int, path: str) -> Answer:
        """See ``ports.Prober.answers``."""
        return Answer(self.is_there, "its last answer was 200 OK" if self.is_there else "the connection was refused")

    def activity(self, route: str, port: int, paths: Sequence[str], form: str) -> Activity | None:
        """See ``ports.Prober.activity``."""
        self.asked.append(route)
        return self.says.get(route)

    def is_open(self) -> bool:
        """See ``ports.Prober.is_open``."""
        return self.is_there


@dataclass
class FakeCluster:
    """Machines and parts that a test puts there."""

    found: list[Machine] = field(default_factory=list)
    deployed: list[Part] = field(default_factory=list)
    is_away: bool = False

    def machines(self) -> tuple[Machine, ...]:
        """See ``cluster.Cluster.machines``."""
        if self.is_away:
            raise SwarmUnreadable
        return tuple(self.found)

    def parts(self) -> tuple[Part, ...]:
        """See ``cluster.Cluster.parts``."""
        if self.is_away:
            raise SwarmUnreadable
        return tuple(self.deployed)


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
    swarm, registry, host_images = FakeSwarm(), FakeRegistry([image()]), FakeHostImages()
    plays = {"registry_prune.yml": registry.delete, "images_ahead.yml": host_images.pull}
    provisioner = FakeProvisioner(swarm, plays=plays)
    porters = (FakePorters(), FakePorterServices())
    return Adapters(swarm, provisioner, registry, FakeProber(), FakeCluster(), *porters, host_images)
