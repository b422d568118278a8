"""What a node runs: the services that its images become in the swarm, in the order in which they start."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from controlplane import catalogue
from controlplane.compose import COMPOSE, DEPENDENCIES, members_of
from controlplane.errors import LabelError
from controlplane.model import Node, Service
from controlplane.ports import NodeSpec, Seen
from controlplane.runtime import Runtime, replaced, runtime_of
from controlplane.slots_model import Slot

_LONGEST_NAME = 26


@dataclass(frozen=True)
class Container:
    """One of a node's services. ``after`` are the swarm's names of those that must run before it starts."""

    name: str
    role: str
    alias: str
    image: str
    runtime: Runtime
    after: tuple[str, ...] = ()


def containers_of(session: Session, service: Service, node_id: str) -> tuple[Container, ...]:
    """The containers of a node, each after those that it depends on; exactly one is the main one.

    Raises ``LabelError`` when one cannot run here, or is not in the registry: nothing is started then.
    """
    labels = replaced(dict(service.labels), "%service_uuid%", node_id)
    members = members_of(labels, service.key, service.version, registry_of(service))
    main = next(member for member in members if member.is_main)
    names = {main.alias: service_name(service.key, node_id)}
    for member in members:
        if not member.is_main:
            names[member.alias] = _unique(member.alias, node_id, set(names.values()))
    found = []
    for member in members:
        image = _image(session, member.key, member.tag)
        # The settings of the image that people chose are those of the one with the page.
        own = labels if member.is_main else image.labels
        try:
            runtime = member.applied_to(runtime_of(own, node_id, needs_port=member.is_main))
        except LabelError as error:
            raise LabelError(f"{member.key}:{member.tag} cannot run: {error}") from error
        after = tuple(names[alias] for alias in member.after)
        role = "main" if member.is_main else "dependency"
        found.append(Container(names[member.alias], role, member.alias, image.image, runtime, after))
    return tuple(found)


def registry_of(service: Service) -> str:
    """The registry's address, as the service's image has it."""
    return service.image.partition("/simcore/")[0]


def main_of(containers: tuple[Container, ...]) -> Container:
    """The one with the page."""
    return next(container for container in containers if container.role == "main")


def expected(containers: Sequence[Container | NodeSpec]) -> list[dict[str, Any]]:
    """The node's containers before any of them was seen (`Node.containers`); an image is shown without its digest."""
    return [
        {"name": c.name, "role": c.role, "image": c.image.partition("@")[0], "state": "absent", "reason": None}
        for c in containers
    ]


def shown(containers: list[dict[str, Any]], seen: Seen | None) -> list[dict[str, Any]]:
    """The expected containers of a node with what the swarm shows of each."""
    there = {container.name: container for container in seen.seen_containers} if seen else {}
    known = containers or [{"name": c.name, "role": c.role, "image": c.image} for c in there.values()]
    states = {name: {"state": str(c.observed), "reason": c.why} for name, c in there.items()}
    return [container | states.get(container["name"], {"state": "absent", "reason": None}) for container in known]


def missing(containers: list[dict[str, Any]], seen: Seen) -> set[str]:
    """The names of the expected containers that the swarm has not."""
    return {container["name"] for container in containers} - set(seen.names)


def _image(session: Session, key: str, tag: str) -> Service:
    """An image of the registry; it need not be a service that runs by itself."""
    image = session.get(Service, (key, tag))
    if image is None:
        raise LabelError(
            f"The service needs the image {key}:{tag} ({DEPENDENCIES} or {COMPOSE}), which the registry has not; "
            "nothing was started. Push it, or choose another version of the service."
        )
    return image


def service_name(key: str, node_id: str) -> str:
    """The swarm's name for a service of a node: `<last part of key>_<node id>`, at most 63 characters."""
    last = re.sub(r"[^a-zA-Z0-9-]", "-", key.rsplit("/", 1)[-1])[:_LONGEST_NAME].strip("-")
    return f"{last or 'service'}_{node_id}"


def _unique(alias: str, node_id: str, taken: set[str]) -> str:
    name, number = service_name(alias, node_id), 1
    while name in taken:
        number += 1
        name = service_name(f"{service_name(alias, '')[: _LONGEST_NAME - 4].strip('_-')}-{number}", node_id)
    return name


def of_node(session: Session, node: Node | Slot) -> tuple[Container, ...]:
    """The containers of a node, as the catalogue has them now. Raises ``ServiceNotFound``, ``LabelError``."""
    return containers_of(session, catalogue.find(session, node.service_key, node.service_version), node.id)
