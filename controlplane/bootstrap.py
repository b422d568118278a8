"""Chooses the adapters."""

from controlplane.adapters.ansible import AnsibleProvisioner
from controlplane.adapters.cluster import DockerCluster
from controlplane.adapters.gateway import GatewayProber
from controlplane.adapters.host_images import DockerHostImages
from controlplane.adapters.porter_services import DockerPorterServices
from controlplane.adapters.porters import DockerPorters
from controlplane.adapters.registry import HttpRegistry
from controlplane.adapters.swarm import DockerSwarm
from controlplane.ports import Adapters
from controlplane.settings import Settings


def real_adapters(settings: Settings) -> Adapters:
    """The real world: engine, Ansible (warm), registry and gateway."""
    registry = HttpRegistry(settings)
    swarm = DockerSwarm(settings.stack, registry.has_repository)
    provisioner = AnsibleProvisioner(settings, swarm.api_version)
    provisioner.warm_up()
    return Adapters(
        swarm=swarm,
        provisioner=provisioner,
        registry=registry,
        prober=GatewayProber(settings),
        cluster=DockerCluster(settings.stack),
        porters=DockerPorters(settings.stack),
        porter_services=DockerPorterServices(settings.stack),
        host_images=DockerHostImages(settings.stack),
    )
