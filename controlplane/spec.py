"""From a row to the service as it should be in the swarm."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from controlplane import catalogue
from controlplane.errors import ControlPlaneError
from controlplane.labels import Runtime, runtime_of
from controlplane.model import Node
from controlplane.nodes import service_name
from controlplane.ports import NodeSpec, Order
from controlplane.settings import Settings

_MIB = 1024 * 1024


def network_name(stack: str, project_id: str) -> str:
    """The project's own network: 63 characters at most, so the dashes go."""
    return f"{stack}_project_{project_id.replace('-', '')}"


def volume_name(stack: str, node_id: str) -> str:
    """The volume that holds a node's state."""
    return f"{stack}_node_{node_id}"


def node_spec(session: Session, node: Node, settings: Settings) -> NodeSpec:
    """What the run is to bring about. Raises ``ServiceNotFound`` when the image has left the registry."""
    service = catalogue.find(session, node.service_key, node.service_version)
    asked = runtime_of(service.labels, node.id)
    return NodeSpec(
        node_id=node.id,
        project_id=node.project_id,
        name=service_name(node),
        image=service.image,
        network=network_name(settings.stack, node.project_id),
        route=node.route,
        port=asked.port,
        env=_environment(node, asked),
        mounts=_mounts(volume_name(settings.stack, node.id), asked),
        constraints=asked.constraints,
        cpus=asked.cpus or settings.node_cpus,
        memory_bytes=asked.memory_bytes or settings.node_memory_mib * _MIB,
        reserved_cpus=asked.reserved_cpus or 0,
        reserved_memory_bytes=asked.reserved_memory_bytes or 0,
        publish=node.is_published,
        # A network without a way out has no way in from the host either.
        internal=not (settings.node_internet or node.is_published),
    )


def start_bound(session: Session, node: Node, settings: Settings, step: str) -> timedelta:
    """How long a start may take until its page is there: the service's own bound, else the deployment's.

    A host that is still fetching the image (``step`` is the engine's word) gets several times as long.
    """
    try:
        asked = runtime_of(catalogue.find(session, node.service_key, node.service_version).labels, node.id).start_timeout
    except ControlPlaneError:
        asked = None
    seconds = asked or settings.start_timeout
    return timedelta(seconds=max(seconds, settings.fetch_timeout) if step == "preparing" else seconds)


def _environment(node: Node, asked: Runtime) -> dict[str, str]:
    return asked.env | {
        "SIMCORE_USER_ID": node.project.owner_id,
        "SIMCORE_NODE_UUID": node.id,
        "SIMCORE_NODE_BASEPATH": node.path,
    }


def _mounts(volume: str, asked: Runtime) -> tuple[dict[str, str], ...]:
    """One volume for each state path; the first has the node's plain name."""
    return tuple(
        {"target": path, "source": f"{volume}_{number}" if number else volume} for number, path in enumerate(asked.state_paths)
    )


def variables(order: Order, settings: Settings) -> dict[str, Any]:
    """The order as variables of roles/node_service."""
    return {
        "node_service_stack": settings.stack,
        "node_service_gateways": list(order.gateways),
        "node_service_present": [asdict(spec) for spec in order.present],
        "node_service_absent": [{"node_id": seen.node_id, "name": seen.name} for seen in order.absent],
        "node_service_networks_absent": list(order.networks_absent),
    }
