"""Chooses the adapters."""

from controlplane.adapters.ansible import AnsibleProvisioner
from controlplane.adapters.gateway import GatewayProber
from controlplane.adapters.registry import HttpRegistry
from controlplane.adapters.swarm import DockerSwarm
from controlplane.ports import Adapters
from controlplane.settings import Settings


def real_adapters(settings: Settings) -> Adapters:
    """The real world: engine, Ansible, registry and gateway."""
    registry = HttpRegistry(settings)
    return Adapters(
        swarm=DockerSwarm(settings.stack, registry.has_repository),
        provisioner=AnsibleProvisioner(settings),
        registry=registry,
        prober=GatewayProber(settings),
    )
