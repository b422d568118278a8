"""A node of several images: what it becomes in the swarm, in which order, and that nothing of it is left behind."""

import json
from typing import Any

import pytest

from controlplane.compose import COMPOSE, DEPENDENCIES, ENTRY
from controlplane.errors import LabelError
from controlplane.model import Node, Observed
from controlplane.ports import NodeSpec, Order, SwarmView
from controlplane.runtime import PATHS, SETTINGS
from controlplane.settings import Settings
from controlplane.spec import network_name, node_specs, own_network_name, variables
from tests.support.fakes import FoundImage, image
from tests.unit.conftest import Time, World

LAB, STORE, CACHE = (f"simcore/services/dynamic/{name}" for name in ("lab", "store", "cache"))


def lab(**labels: str) -> FoundImage:
    """A service that needs a store and a cache."""
    wanted = [{"key": STORE, "tag": "2.0.0"}, {"key": CACHE, "tag": "2.0.0"}]
    return image(LAB, **{DEPENDENCIES: json.dumps(wanted)} | labels)


def beside(key: str, **labels: str) -> FoundImage:
    """An image that only runs beside another: it says nothing of a page."""
    found = image(key, "2.0.0", **labels)
    return FoundImage(found.repository, found.tag, found.image, found.digest, labels)


@pytest.fixture
def world(world: World) -> World:
    """With the three images in the registry."""
    world.push(lab(), beside(STORE, **{PATHS: '{"state_paths": ["/var/lib/store"]}'}), beside(CACHE))
    return world


def specs(world: World, node_id: str, settings: Settings, view: SwarmView | None = None) -> list[NodeSpec]:
    """What is wanted of a node."""
    with world.database.begin() as session:
        return list(node_specs(session, session.get_one(Node, node_id), settings, view or SwarmView()))


def states(world: World, node_id: str) -> dict[str, str]:
    """The state of each container, by the first part of its name."""
    return {c["name"].split("_")[0]: c["state"] for c in world.node(node_id).containers}


def test_the_main_one_starts_once_what_it_depends_on_runs(world: World) -> None:
    swarm = world.adapters.swarm
    node_id = world.add_node(LAB)
    assert states(world, node_id) == {"store": "absent", "cache": "absent", "lab": "absent"}
    world.reconciler.look()
    world.reconciler.join()
    swarm.settle(f"cache_{node_id}", Observed.STARTING)
    world.settle()
    assert states(world, node_id) == {"store": "running", "cache": "starting", "lab": "absent"}
    assert (world.node(node_id).state, world.node(node_id).step) == ("starting", "1 of 3 containers run")
    swarm.settle(f"cache_{node_id}", Observed.RUNNING)
    world.settle()
    assert states(world, node_id) == {"store": "running", "cache": "running", "lab": "running"}
    assert world.node(node_id).state == "running"
    assert [name.split("_")[0] for name in swarm.services] == ["store", "cache", "lab"]
    assert not swarm.updates


def test_all_stop_together_and_leave_no_network(world: World) -> None:
    node_id = world.add_node(LAB)
    world.settle()
    swarm = world.adapters.swarm
    assert swarm.networks == {network_name("unit", world.project_id), own_network_name("unit", node_id)}
    world.stop(node_id)
    world.settle()
    assert [name.split("_")[0] for name in swarm.removals] == ["lab", "store", "cache"]
    assert (swarm.services, swarm.networks) == ({}, set())
    assert world.node(node_id).state == "stopped"
    assert set(states(world, node_id).values()) == {"absent"}


def test_a_dependency_that_fails_fails_the_node_and_nothing_is_left(world: World) -> None:
    world.adapters.swarm.fates[f"127.0.0.1:1/{STORE}:2.0.0"] = "Its program ended with exit code 1."
    node_id = world.add_node(LAB)
    world.settle(10)
    swarm = world.adapters.swarm
    assert world.node(node_id).state == "failed"
    assert (swarm.services, swarm.networks) == ({}, set())
    assert f"lab_{node_id}" not in swarm.removals
    failed = [c for c in world.node(node_id).containers if c["state"] == "failed"]
    assert [(c["name"], c["reason"]) for c in failed] == [(f"store_{node_id}", "Its program ended with exit code 1.")]


def test_a_start_that_is_canceled_half_way_leaves_nothing(world: World) -> None:
    node_id = world.add_node(LAB)
    world.reconciler.look()
    world.reconciler.join()
    assert len(world.adapters.swarm.services) == 2
    world.stop(node_id)
    world.settle()
    assert (world.adapters.swarm.services, world.adapters.swarm.networks) == ({}, set())


def test_a_container_that_vanished_comes_back_and_the_others_are_left_alone(world: World) -> None:
    node_id = world.add_node(LAB)
    world.settle()
    del world.adapters.swarm.services[f"store_{node_id}"]
    world.push(lab(**{SETTINGS: '[{"name": "ports", "value": 9999}]'}))
    world.reconciler.look()
    assert world.node(node_id).state == "running"
    assert states(world, node_id)["store"] == "absent"
    world.settle()
    assert set(states(world, node_id).values()) == {"running"}
    assert not world.adapters.swarm.updates


def test_a_running_node_is_not_closed_because_an_image_has_left_the_registry(world: World) -> None:
    node_id = world.add_node(LAB)
    world.settle()
    del world.adapters.swarm.services[f"store_{node_id}"]
    world.adapters.registry.found = [found for found in world.adapters.registry.found if found.repository != STORE]
    world.push()
    world.settle()
    assert world.node(node_id).state == "running"
    assert f"lab_{node_id}" in world.adapters.swarm.services


def test_a_dependency_that_is_missing_is_named_and_nothing_is_started(world: World) -> None:
    world.push(image(LAB.replace("lab", "other"), **{DEPENDENCIES: json.dumps([{"key": STORE, "tag": "9.0.0"}])}))
    with pytest.raises(LabelError, match=f"{STORE}:9.0.0"):
        world.add_node(LAB.replace("lab", "other"))
    world.settle()
    assert not world.adapters.provisioner.orders


def test_a_dependency_that_cannot_run_is_named(world: World) -> None:
    world.push(beside(STORE, **{SETTINGS: '[{"name": "ContainerSpec", "value": {"Privileged": true}}]'}))
    with pytest.raises(LabelError, match=f"{STORE}:2.0.0 cannot run.*refuses"):
        world.add_node(LAB)


def test_only_the_main_one_is_on_the_projects_network_and_all_have_their_own(world: World, settings: Settings) -> None:
    node_id = world.add_node(LAB)
    items = variables(Order(tuple(specs(world, node_id, settings))), settings)["node_service_present"]
    own, project = own_network_name("unit", node_id), network_name("unit", world.project_id)
    route = world.node(node_id).route
    assert [(item["role"], item["networks"]) for item in items] == [
        ("dependency", [{"name": own, "aliases": ["store"]}]),
        ("dependency", [{"name": own, "aliases": ["cache"]}]),
        ("main", [{"name": project, "aliases": [route]}, {"name": own, "aliases": ["lab"]}]),
    ]
    assert [item.get("port") for item in items] == [None, None, 8888]


def test_each_has_volumes_of_its_own_and_what_it_names_is_the_nodes(world: World, settings: Settings) -> None:
    named = {"name": "mount", "value": [{"Type": "volume", "Source": "data", "Target": "/data"}]}
    world.push(lab(**{SETTINGS: json.dumps([{"name": "ports", "value": 8888}, named])}))
    node_id = world.add_node(LAB)
    sources = {spec.alias: [mount["source"] for mount in spec.mounts] for spec in specs(world, node_id, settings)}
    volume = f"unit_node_{node_id}"
    assert sources == {"store": [f"{volume}_store"], "cache": [], "lab": [volume, f"{volume}.data"]}


def test_a_service_of_a_compose_spec_has_the_page_of_the_image_that_people_chose(world: World, settings: Settings) -> None:
    services: dict[str, Any] = {
        "front": {"image": "${SIMCORE_REGISTRY}/" + CACHE + ":2.0.0", "depends_on": ["back"]},
        "back": {"image": "${SIMCORE_REGISTRY}/" + LAB + ":${SERVICE_VERSION}", "environment": {"ID": "%service_uuid%"}},
    }
    world.push(image(LAB, **{COMPOSE: json.dumps({"services": services}), ENTRY: "front"}))
    node_id = world.add_node(LAB)
    back, front = specs(world, node_id, settings)
    assert (back.role, back.name, back.env["ID"]) == ("dependency", f"back_{node_id}", node_id)
    assert (front.role, front.name, front.port) == ("main", f"lab_{node_id}", 8888)
    assert CACHE in front.image
    assert front.after == (back.name,)


def test_names_in_the_swarm_are_unique_and_short(world: World, settings: Settings) -> None:
    wanted = [{"key": f"simcore/services/dynamic/{x}/{'lab' + 'x' * 60}", "tag": "2.0.0"} for x in "ab"]
    world.push(*[beside(item["key"]) for item in wanted], lab(**{DEPENDENCIES: json.dumps(wanted)}))
    names = [spec.name for spec in specs(world, world.add_node(LAB), settings)]
    assert len(set(names)) == 3
    assert max(map(len, names)) <= 63


def test_a_limit_is_cut_to_the_deployments_maximum_and_a_reservation_beyond_it_refused(world: World, settings: Settings) -> None:
    def asking(kind: str) -> str:
        asked = {"name": "Resources", "value": {kind: {"NanoCPUs": 64e9, "MemoryBytes": 2**50}}}
        return json.dumps([{"name": "ports", "value": 8888}, asked])

    world.push(lab(**{SETTINGS: asking("Limits")}))
    main = specs(world, world.add_node(LAB), settings)[-1]
    assert (main.cpus, main.memory_bytes) == (settings.node_cpus_max, settings.node_memory_max_mib * 2**20)
    world.push(lab(**{SETTINGS: asking("Reservations")}))
    node_id = world.add_node(LAB)
    world.settle()
    assert "64 CPUs" in (world.node(node_id).failure or "")
    assert not world.adapters.swarm.starts


def test_a_start_of_several_has_its_bound(world: World, time: Time) -> None:
    node_id = world.add_node(LAB)
    world.reconciler.look()
    world.reconciler.join()
    world.adapters.swarm.settle(f"store_{node_id}", Observed.STARTING)
    world.settle()
    time.pass_by(seconds=121)
    world.settle(8)
    assert world.node(node_id).state == "failed"
    assert (world.adapters.swarm.services, world.adapters.swarm.networks) == ({}, set())
