"""Chooses the adapters."""

from controlplane.adapters.ansible import AnsibleProvisioner
from controlplane.adapters.gateway import GatewayProber
from controlplane.adapters.registry import HttpRegistry
from controlplane.adapters.swarm import DockerSwarm
from controlplane.ports import Adapters
from controlplane.settings import Settings


def real_adapters(settings: Settings) -> Adapters:
    """The real world: engine, Ansible (warm), registry and gateway."""
    provisioner = AnsibleProvisioner(settings)
    provisioner.warm_up()
    return Adapters(
        swarm=DockerSwarm(settings.stack),
        provisioner=provisioner,
        registry=HttpRegistry(settings),
        prober=GatewayProber(settings),
    )
