"""From a row to the services as they should be in the swarm."""

import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from controlplane import catalogue, containers
from controlplane.containers import Container
from controlplane.errors import ControlPlaneError, LabelError
from controlplane.model import Node
from controlplane.ports import NodeSpec, Order, SwarmView
from controlplane.runtime import Runtime, runtime_of
from controlplane.settings import Settings
from controlplane.slots_model import Slot

_MIB = 1024 * 1024


def network_name(stack: str, network_id: str) -> str:
    """The network of a project, or of a slot (`Node.network_id`): 63 characters at most, so the dashes go."""
    return f"{stack}_project_{network_id.replace('-', '')}"


def anchor_name(stack: str) -> str:
    """The container that brings projects' networks to the gateway's host."""
    return f"{stack}_anchor"


def porters_network_name(stack: str) -> str:
    """The network of the director and of porters on other hosts."""
    return f"{stack}_porters"


def own_network_name(stack: str, node_id: str) -> str:
    """The network of a node of several containers, for them alone."""
    return f"{stack}_node_{node_id.replace('-', '')}"


def volume_name(stack: str, node_id: str) -> str:
    """The volume that holds a node's state."""
    return f"{stack}_node_{node_id}"


def node_specs(session: Session, node: Node | Slot, settings: Settings, view: SwarmView) -> tuple[NodeSpec, ...]:
    """What is to be brought about for a node or a slot, each service after those that it depends on.

    A network that is there already keeps its kind. Raises ``ServiceNotFound`` when an image has left the registry,
    ``LabelError`` when it cannot run here.
    """
    found = containers.of_node(session, node)
    own = own_network_name(settings.stack, node.id) if len(found) > 1 else None
    network = network_name(settings.stack, node.network_id)
    # A network without a way out has no way in from the host either.
    is_open = {network: settings.node_internet or node.is_published, own: settings.node_internet}
    is_open |= {name: name in view.open_networks for name in is_open if name in view.networks}
    return tuple(
        NodeSpec(
            node_id=node.id,
            project_id=node.project_id,
            name=container.name,
            image=container.image,
            network=network,
            route=node.route,
            port=container.runtime.port if container.role == "main" else None,
            env=_environment(node, container.runtime),
            mounts=mounts(volume_name(settings.stack, node.id), container),
            constraints=container.runtime.constraints,
            **_resources(container.runtime, settings),
            publish=node.is_published and container.role == "main",
            internal=not is_open[network],
            role=container.role,
            alias=container.alias,
            own_network=own,
            own_internal=not is_open[own],
            after=container.after,
            container=container.runtime.container,
        )
        for container in found
    )


def start_bound(session: Session, node: Node | Slot, settings: Settings, step: str) -> timedelta:
    """How long a start may take until its page is there: the service's own bound, else the deployment's.

    A host that is still fetching the image (``step`` is the engine's word) gets several times as long.
    """
    try:
        asked = runtime_of(catalogue.find(session, node.service_key, node.service_version).labels, node.id).start_timeout
    except ControlPlaneError:
        asked = None
    seconds = asked or settings.start_timeout
    return timedelta(seconds=max(seconds, settings.fetch_timeout) if step == "preparing" else seconds)


def _environment(node: Node | Slot, asked: Runtime) -> dict[str, str]:
    """A slot is nobody's when it starts: the gateway says whose it is, with each request (docs/labels.md)."""
    owner = {"SIMCORE_USER_ID": node.user_id} if node.user_id else {}
    return asked.env | owner | {"SIMCORE_NODE_UUID": node.id, "SIMCORE_NODE_BASEPATH": node.path}


def _resources(asked: Runtime, settings: Settings) -> dict[str, Any]:
    """The image's limits, else the deployment's, and never more than its maximum; reservations beyond that are refused."""
    # A default above the maximum is a maximum that was forgotten.
    most_cpus = max(settings.node_cpus_max, settings.node_cpus)
    most_memory = max(settings.node_memory_max_mib, settings.node_memory_mib) * _MIB
    cpus, memory = asked.reserved_cpus or 0, asked.reserved_memory_bytes or 0
    if cpus > most_cpus or memory > most_memory:
        raise LabelError(
            f"The image wants {cpus:g} CPUs and {memory // _MIB} MiB for itself; a node of this deployment gets at most "
            f"{most_cpus:g} CPUs and {most_memory // _MIB} MiB. Ask an administrator to raise "
            "WERKBANK_NODE_CPUS_MAX or WERKBANK_NODE_MEMORY_MAX_MIB."
        )
    return {
        "cpus": min(asked.cpus or max(settings.node_cpus, cpus), most_cpus),
        "memory_bytes": min(asked.memory_bytes or max(settings.node_memory_mib * _MIB, memory), most_memory),
        "reserved_cpus": cpus,
        "reserved_memory_bytes": memory,
    }


def mounts(volume: str, container: Container) -> tuple[dict[str, Any], ...]:
    """A volume for each state path; the first of the main container has the node's plain name. Volumes that the image
    names get the node's name in front: nothing is shared by accident, but between the containers of one node."""
    prefix = volume if container.role == "main" else f"{volume}_{re.sub('[^a-zA-Z0-9-]', '-', container.alias)}"
    kept = [
        {"type": "volume", "target": path, "source": f"{prefix}_{number}" if number else prefix}
        for number, path in enumerate(container.runtime.state_paths)
    ]
    taken = set(container.runtime.state_paths)
    named = [
        mount | ({"source": f"{volume}.{mount['source']}"} if mount["type"] == "volume" else {})
        for mount in container.runtime.mounts
        if mount["target"] not in taken
    ]
    return (*kept, *named)


def variables(order: Order, settings: Settings) -> dict[str, Any]:
    """The order as variables of roles/node_service."""
    return {
        "node_service_stack": settings.stack,
        "node_service_networks": [_without_none(asdict(network)) for network in order.networks],
        "node_service_present": [_item(spec) for spec in order.present],
        "node_service_anchors": [asdict(anchor) for anchor in order.anchors],
        "node_service_attach": _attachments(order),
        "node_service_detach": [asdict(item) for item in order.detach],
        "node_service_absent": [{"node_id": seen.node_id, "name": name} for seen in order.absent for name in seen.names],
        "node_service_networks_absent": list(order.networks_absent),
        "node_service_volumes_absent": [asdict(volume) for volume in order.volumes_absent],
        "node_service_porters": [asdict(porter) for porter in order.porters],
        "node_service_porters_absent": list(order.porters_absent),
    }


# Which task of roles/node_service each of its variables is for.
_TAGS = {
    "node_service_networks": "networks",
    "node_service_present": "services",
    "node_service_anchors": "anchors",
    "node_service_attach": "ways",
    "node_service_detach": "leaving",
    "node_service_absent": "closing",
    "node_service_networks_absent": "idle",
    "node_service_volumes_absent": "volumes",
    "node_service_porters": "porters",
    "node_service_porters_absent": "porters",
}


def tags_of(told: dict[str, Any]) -> str:
    """The tags of the tasks that have something to do; a run without them does the same, and takes longer."""
    return ",".join(dict.fromkeys(tag for name, tag in _TAGS.items() if told.get(name))) or "always"


def _item(spec: NodeSpec) -> dict[str, Any]:
    """A service as the role takes it; what it does not ask for is not there."""
    networks = [{"name": spec.network, "aliases": [spec.route]}] if spec.role == "main" else []
    networks += [{"name": spec.own_network, "aliases": [spec.alias]}] if spec.own_network else []
    inner = ("network", "internal", "own_network", "own_internal", "alias", "after")
    item = {name: value for name, value in asdict(spec).items() if name not in inner and value is not None}
    return item | {"networks": networks}


def _without_none(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}


def _attachments(order: Order) -> list[dict[str, Any]]:
    """Each gateway and anchor with the network that it is to be on, and the services of the run that are on it, too."""
    mains = [spec for spec in order.present if spec.role == "main"]
    return [asdict(item) | {"services": [spec.name for spec in mains if spec.network == item.network]} for item in order.attach]
