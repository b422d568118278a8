"""Machines and parts are read from the words of the engine and of the kernel."""

import pytest

from controlplane.adapters.cluster import Usage, machine_of, part_of, parts_of
from controlplane.cluster import Part, Placed

H1 = "a" * 12


def test_a_machine_is_read_from_the_engines_words() -> None:
    resources = {"NanoCPUs": 2_000_000_000, "MemoryBytes": 1024}
    node = {
        "ID": H1,
        "Description": {"Hostname": "h", "Resources": resources, "Engine": {"EngineVersion": "26"}},
        "Spec": {"Role": "manager", "Availability": "active"},
        "Status": {"State": "ready", "Addr": "10.0.0.1"},
        "ManagerStatus": {"Leader": True},
    }
    spec = {
        "Resources": {"Reservations": {"NanoCPUs": 500_000_000, "MemoryBytes": 256}},
        "Placement": {"Constraints": [f"node.id == {H1}"]},
    }
    task = {"ServiceID": "s", "Status": {"State": "running"}, "Spec": spec}
    service = {"Spec": {"Name": "u_web", "Labels": {"werkbank.part": "web", "werkbank.stack": "u"}}}
    machine = machine_of(node, [task], {"s": service}, "u")
    assert (machine.cpus, machine.reserved_cpus, machine.reserved_memory_bytes) == (2, 0.5, 256)
    assert machine.tasks == (Placed("u_web", "running", "web", None, True, True),)
    assert (machine.used_cpus, machine.is_leader) == (None, True)


def test_what_the_kernel_does_not_tell_is_unknown() -> None:
    def read(name: str) -> str:
        raise OSError(name)

    assert Usage(read).look() == (None, None)


def test_use_is_what_changed_since_the_last_look() -> None:
    stats = iter(["cpu 0 0 0 0 0 0 0 0", "cpu 30 0 0 70 0 0 0 0"])
    memory = "MemTotal: 100 kB\nMemFree: 5 kB\nMemAvailable: 60 kB\n"
    cpus, taken = Usage(lambda name: memory if name == "meminfo" else next(stats)).look()
    assert (cpus, taken) == (pytest.approx(0.3), 40 * 1024)


def test_a_part_is_read_from_the_engines_words() -> None:
    container = {"ContainerSpec": {"Image": "r/web:1"}}
    spec = {"Labels": {"werkbank.part": "web"}, "TaskTemplate": container}
    part = part_of({"ID": "s", "Version": {"Index": 3}, "Spec": spec, "ServiceStatus": {"RunningTasks": 1}})
    assert part == Part("web", "s", 3, "r/web:1", "", True, {"Labels": {"werkbank.part": "web"}})


def test_what_a_part_was_deployed_with_is_another_deploys_once_it_is_made_anew() -> None:
    def seen(service: str, settings: str) -> str:
        labels = {"werkbank.part": "gateway", "werkbank.settings": settings}
        spec = {"Labels": labels, "TaskTemplate": {"ContainerSpec": {"Image": "r/gateway:1"}}}
        return part_of({"ID": service, "Version": {"Index": 3}, "Spec": spec}).deployed

    assert seen("s", "0a1b") == seen("s", "0a1b")
    assert len({seen("s", "0a1b"), seen("t", "0a1b"), seen("s", "2c3d")}) == 3


def test_a_porter_is_no_part_and_keeps_no_host_from_being_drained() -> None:
    spec = {"Name": "u_porter_1", "Labels": {"werkbank.part": "porter", "werkbank.stack": "u"}}
    assert parts_of([{"Spec": spec}]) == ()
    node = {"ID": H1, "Description": {"Hostname": "h"}, "Spec": {"Role": "worker", "Availability": "active"}}
    task = {"ServiceID": "s", "Status": {"State": "running"}, "Spec": {"Placement": {"Constraints": [f"node.id=={H1}"]}}}
    (placed,) = machine_of(node | {"Status": {"State": "ready"}}, [task], {"s": {"Spec": spec}}, "u").tasks
    assert not placed.is_pinned
