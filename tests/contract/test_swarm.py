"""The promises of the ports Swarm and Provisioner: the fake and the real swarm keep them alike."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from controlplane.adapters.ansible import AnsibleProvisioner
from controlplane.adapters.swarm import DockerSwarm
from controlplane.clock import now
from controlplane.model import Observed, new_id, new_route
from controlplane.ports import Event, NodeSpec, Order, Outcome, Provisioner, Seen, Swarm
from controlplane.settings import Settings
from tests.support.deployment import ECHO_KEY, ROOT, Deployment, until
from tests.support.fakes import FakeProvisioner, FakeSwarm

MIB = 1024 * 1024


@dataclass
class World:
    """A swarm, who writes to it, and an image that runs there."""

    swarm: Swarm
    provisioner: Provisioner
    stack: str
    image: str
    broken_image: str

    def spec(self, project_id: str | None = None) -> NodeSpec:
        """A node service to be."""
        project, node = project_id or new_id(), new_id()
        return NodeSpec(
            node_id=node,
            project_id=project,
            name=f"echo_{node}",
            image=self.image,
            network=f"{self.stack}_project_{project.replace('-', '')}",
            route=new_route(),
            port=8888,
            env={"SIMCORE_NODE_UUID": node},
            mounts=({"source": f"{self.stack}_node_{node}", "target": "/state"},),
            constraints=(),
            cpus=0.5,
            memory_bytes=128 * MIB,
        )

    def apply(self, **order: object) -> tuple[Outcome, list[Event]]:
        """Bring something about; the outcome, and the events on the way."""
        events: list[Event] = []
        outcome = self.provisioner.apply(Order(gateways=self.swarm.view().gateways, **order), events.append)  # type: ignore[arg-type]
        return outcome, events

    def seen(self, spec: NodeSpec) -> Seen | None:
        """What the swarm shows of it."""
        return next((item for item in self.swarm.view().seen if item.node_id == spec.node_id), None)

    def wait(self, spec: NodeSpec, observed: Observed) -> Seen:
        """Until the swarm shows a state."""

        def look() -> Seen | None:
            seen = self.seen(spec)
            return seen if seen and seen.observed == observed else None

        return until(look, 60)  # type: ignore[return-value]


def fake_world() -> Iterator[World]:
    """In memory."""
    swarm = FakeSwarm(fates={"broken": "Its program ended with exit code 3."})
    yield World(swarm, FakeProvisioner(swarm), "contract", "echo@sha256:1", "broken@sha256:2")


def real_world(deployment: Deployment) -> Iterator[World]:
    """On this machine's engine, as a deployment of its own, with a stand-in for the gateway."""
    stack = f"{deployment.stack}-swarm"  # a network of it has 63 characters at most
    settings = Settings(stack=stack, project_dir=ROOT, runner_dir=ROOT / ".cache" / "runs")
    image = f"{deployment.registry}/{ECHO_KEY}:1.0.0"
    docker = ["/usr/bin/docker"]
    gateway = [
        "service",
        "create",
        "--quiet",
        "--detach=false",
        "--name",
        f"{stack}_gateway",
        "--label",
        f"werkbank.stack={stack}",
    ]
    subprocess.run([*docker, *gateway, "--no-resolve-image", image], check=True, capture_output=True)
    try:
        yield World(DockerSwarm(stack), AnsibleProvisioner(settings), stack, image, f"{image}-broken")
    finally:
        label = f"label=werkbank.stack={stack}"
        for kind in ("service", "network", "volume"):
            found = subprocess.run(
                [docker[0], kind, "ls", "--quiet", "--filter", label], check=True, capture_output=True, text=True
            )
            for name in found.stdout.split():
                # What is left on the engine for a moment is in nobody's way: names are fresh in every session.
                subprocess.run([docker[0], kind, "rm", name], check=False, capture_output=True, timeout=60)


@pytest.fixture(scope="module", params=["fake", "real"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Each promise is checked against both."""
    if request.param == "fake":
        yield from fake_world()
    else:
        deployment = request.getfixturevalue("deployment")
        deployment.publish_echo("1.0.0-broken", broken="crash")
        yield from real_world(deployment)


def test_a_service_that_is_asked_for_is_there_with_its_incarnation_and_its_network(world: World) -> None:
    spec = world.spec()
    outcome, _ = world.apply(present=(spec,))
    assert outcome.is_ok, outcome
    seen = world.wait(spec, Observed.RUNNING)
    assert (seen.name, seen.route, seen.project_id) == (spec.name, spec.route, spec.project_id)
    assert seen.is_started
    view = world.swarm.view()
    assert spec.network in view.networks
    assert spec.network in view.attached


def test_asking_twice_changes_nothing(world: World) -> None:
    spec = world.spec()
    assert world.apply(present=(spec,))[0].is_ok
    before = world.wait(spec, Observed.RUNNING)
    outcome, events = world.apply(present=(spec,))
    assert outcome.is_ok
    assert not [event for event in events if event.changed]
    assert world.seen(spec) == before


def test_a_service_that_is_not_wanted_goes_and_with_it_its_network(world: World) -> None:
    spec = world.spec()
    world.apply(present=(spec,))
    seen = world.wait(spec, Observed.RUNNING)
    outcome, _ = world.apply(absent=(seen,), networks_absent=(spec.network,))
    assert outcome.is_ok, outcome
    assert world.seen(spec) is None
    assert spec.network not in world.swarm.view().networks


def test_removing_what_is_not_there_is_no_error(world: World) -> None:
    spec = world.spec()
    ghost = Seen(spec.node_id, spec.name, spec.route, spec.project_id, Observed.RUNNING, now())
    assert world.apply(absent=(ghost,), networks_absent=(spec.network,))[0].is_ok


def test_a_network_is_shared_by_the_nodes_of_a_project(world: World) -> None:
    first = world.spec()
    second = world.spec(first.project_id)
    world.apply(present=(first, second))
    world.wait(first, Observed.RUNNING)
    seen = world.wait(second, Observed.RUNNING)
    world.apply(absent=(seen,))
    assert world.seen(second) is None
    assert first.network in world.swarm.view().networks


def test_a_program_that_ends_is_a_failure_with_its_reason_and_its_log(world: World) -> None:
    spec = replace(world.spec(), image=world.broken_image)
    world.apply(present=(spec,))
    seen = world.wait(spec, Observed.FAILED)
    assert "exit code 3" in (seen.why or "")
    assert seen.details


def test_events_name_what_is_being_done(world: World) -> None:
    _, events = world.apply(present=(world.spec(),))
    assert any("Services of the nodes are there" in (event.task or "") for event in events if event.kind == "task")


def test_an_empty_order_does_nothing(world: World) -> None:
    before = world.swarm.view()
    assert world.apply()[0].is_ok
    after = world.swarm.view()
    assert {seen.name for seen in after.seen} == {seen.name for seen in before.seen}
    assert (after.networks, after.attached) == (before.networks, before.attached)
