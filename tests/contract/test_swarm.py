"""The promises of the ports Swarm and Provisioner: the fake and the real swarm keep them alike."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from controlplane.adapters.ansible import AnsibleProvisioner
from controlplane.adapters.swarm import DockerSwarm
from controlplane.clock import now
from controlplane.due import lacking, needs
from controlplane.model import Observed, new_id, new_route
from controlplane.ports import Anchor, Attachment, Event, Network, NodeSpec, Order, Outcome, Provisioner, Seen, Swarm
from controlplane.settings import Settings
from controlplane.spec import anchor_name
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
    # What a node's page answers its gateway, where there is a real network.
    ask: Callable[[NodeSpec, str], dict[str, Any]] | None = None

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

    def pair(self) -> tuple[NodeSpec, NodeSpec]:
        """A node of two containers: what it depends on, and the main one."""
        main = self.spec()
        own = f"{self.stack}_node_{main.node_id.replace('-', '')}"
        main = replace(main, own_network=own, alias="echo", after=(f"store_{main.node_id}",))
        scratch = {"type": "tmpfs", "target": "/scratch", "tmpfs_size": "1048576"}
        told = {"user": "1000", "hostname": "store", "stop_grace_period": "1s"}
        dependency = replace(
            main, name=main.after[0], role="dependency", alias="store", after=(), port=None, mounts=(scratch,), container=told
        )
        return dependency, main

    def apply(self, **order: object) -> tuple[Outcome, list[Event]]:
        """Bring something about; the outcome, and the events on the way."""
        events: list[Event] = []
        networks, ways = needs(order.get("present", ()), self.swarm.view())  # type: ignore[arg-type]
        outcome = self.provisioner.apply(Order(**{"networks": networks, "attach": ways} | order), events.append)  # type: ignore[arg-type]
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
        swarm, provisioner = DockerSwarm(stack), AnsibleProvisioner(settings)
        anchor = Anchor(anchor_name(stack), swarm.view().gateway_image or "")
        assert provisioner.apply(Order(anchors=(anchor,)), lambda _: None).is_ok
        yield World(swarm, provisioner, stack, image, f"{image}-broken", lambda *what: ask(swarm, *what))
    finally:
        label = f"label=werkbank.stack={stack}"
        # The gateway first: where it is on a network last, the engine keeps a shadow.
        subprocess.run([*docker, "service", "rm", f"{stack}_gateway"], check=False, capture_output=True)
        until(lambda: not swarm.view().gateways, 30)
        subprocess.run([*docker, "rm", "--force", anchor_name(stack)], check=False, capture_output=True)
        for kind in ("service", "network", "volume"):
            found = subprocess.run(
                [docker[0], kind, "ls", "--quiet", "--filter", label], check=True, capture_output=True, text=True
            )
            for name in found.stdout.split():
                # What is left on the engine for a moment is in nobody's way: names are fresh in every session.
                subprocess.run([docker[0], kind, "rm", name], check=False, capture_output=True, timeout=60)


def ask(swarm: Swarm, spec: NodeSpec, query: str) -> dict[str, Any]:
    """The answer of a node's page, seen from the gateway's container."""
    url = f"http://{spec.route}:{spec.port}/?{query}"
    program = f"import urllib.request as r; print(r.urlopen({url!r}, timeout=25).read().decode())"
    command = ["/usr/bin/docker", "exec", swarm.view().gateways[0], "python3", "-c", program]

    def answer() -> dict[str, Any] | None:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
        return json.loads(done.stdout) if done.returncode == 0 else None

    return until(answer, 60)  # type: ignore[return-value]


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


def test_the_containers_of_a_node_are_seen_as_one_and_have_a_network_of_their_own(world: World) -> None:
    pair = world.pair()
    outcome, _ = world.apply(present=pair)
    assert outcome.is_ok, outcome
    seen = world.wait(pair[1], Observed.RUNNING)
    assert seen.names == (pair[1].name, pair[0].name)
    assert [(container.role, container.observed) for container in seen.containers] == [
        ("main", Observed.RUNNING),
        ("dependency", Observed.RUNNING),
    ]
    view = world.swarm.view()
    assert {pair[1].network, pair[1].own_network} <= view.networks
    assert pair[1].own_network not in view.attached


def test_a_container_that_is_there_alone_is_its_node_already(world: World) -> None:
    dependency, main = world.pair()
    world.apply(present=(dependency,))
    seen = world.wait(dependency, Observed.RUNNING)
    assert (seen.names, seen.route) == ((dependency.name,), main.route)
    assert main.network not in world.swarm.view().networks
    world.apply(present=(main,))
    until(lambda: (found := world.seen(main)) and len(found.names) == 2, 30)
    assert world.wait(main, Observed.RUNNING).names == (main.name, dependency.name)


def test_the_containers_of_a_node_reach_each_other_and_nobody_else_reaches_them(world: World) -> None:
    if world.ask is None:
        pytest.skip("the fake has no network that carries anything")
    pair, stranger = world.pair(), world.spec()
    stranger = replace(stranger, project_id=pair[1].project_id, network=pair[1].network)
    world.apply(present=(*pair, stranger))
    for spec in (pair[1], stranger):
        world.wait(spec, Observed.RUNNING)
    assert world.ask(pair[1], "reach=store:8888")["reach"] == "reached"
    assert world.ask(stranger, "resolve=store")["resolve"].startswith("unknown")


def test_all_containers_of_a_node_go_together(world: World) -> None:
    pair = world.pair()
    world.apply(present=pair)
    seen = world.wait(pair[1], Observed.RUNNING)
    networks = (pair[1].network, pair[1].own_network)
    assert world.apply(absent=(seen,))[0].is_ok
    outcome, _ = world.apply(networks_absent=networks)
    assert outcome.is_ok, outcome
    assert world.seen(pair[1]) is None
    assert not world.swarm.view().networks & {*networks}


def test_a_gateway_is_attached_and_no_service_is_touched(world: World) -> None:
    spec = world.spec()
    world.apply(present=(spec,))
    before = world.wait(spec, Observed.RUNNING)
    [gateway] = world.swarm.view().gateways
    outcome, events = world.apply(attach=(Attachment(gateway, spec.network, spec.project_id),))
    assert outcome.is_ok, outcome
    assert spec.network in world.swarm.view().on[gateway]
    assert not [event for event in events if event.changed and event.item]
    assert world.seen(spec) == before


def test_a_network_is_ready_before_the_first_service_and_a_start_is_one_service(world: World) -> None:
    spec = world.spec()
    network = Network(spec.network, spec.project_id)
    view = world.swarm.view()
    ways = tuple(lacking(view, spec.network, spec.project_id, internal=True))
    assert [item.is_anchor for item in ways] == [True, False]
    assert world.apply(networks=(network,), attach=ways)[0].is_ok
    view = world.swarm.view()
    assert spec.network in view.networks & view.attached & view.anchors[ways[0].gateway]
    assert needs((spec,), view) == ((), ())
    outcome, events = world.apply(present=(spec,))
    assert outcome.is_ok, outcome
    assert {event.task.rpartition(" : ")[2] for event in events if event.changed and event.task} <= {
        "Services of the nodes are there"
    }
    world.wait(spec, Observed.RUNNING)
    if world.ask:
        assert world.ask(spec, "")


def test_an_anchor_that_is_asked_for_replaces_what_is_left_of_one(world: World) -> None:
    view = world.swarm.view()
    anchor = Anchor(anchor_name(world.stack), view.gateway_image or "")
    outcome, _ = world.apply(anchors=(anchor,))
    assert outcome.is_ok, outcome
    fresh = world.swarm.view().anchors.items() - view.anchors.items()
    assert [networks & view.networks for _, networks in fresh] == [set()]


def test_preparing_twice_changes_nothing(world: World) -> None:
    spec = world.spec()
    order = {"networks": (Network(spec.network, spec.project_id),)}
    ways = tuple(lacking(world.swarm.view(), spec.network, spec.project_id, internal=True))
    assert world.apply(**order, attach=ways)[0].is_ok
    outcome, events = world.apply(**order, attach=ways)
    assert outcome.is_ok, outcome
    assert not [event for event in events if event.changed]


def test_a_prepared_network_goes_whole_once_gateway_and_anchor_have_left(world: World) -> None:
    spec = world.spec()
    ways = tuple(lacking(world.swarm.view(), spec.network, spec.project_id, internal=True))
    world.apply(networks=(Network(spec.network, spec.project_id),), attach=ways)
    world.apply(present=(spec,))
    seen = world.wait(spec, Observed.RUNNING)
    assert world.apply(absent=(seen,))[0].is_ok
    outcome, _ = world.apply(detach=tuple(reversed(ways)), networks_absent=(spec.network,))
    assert outcome.is_ok, outcome
    view = world.swarm.view()
    assert spec.network not in view.networks | view.attached | view.anchors[ways[0].gateway]
    if world.ask:
        listed = ["/usr/bin/docker", "network", "ls", "--quiet", "--filter", f"name={spec.network}"]
        until(lambda: not subprocess.run(listed, check=True, capture_output=True, text=True).stdout, 10)


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
