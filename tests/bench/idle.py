"""What the platform takes when nobody does anything, and what many running nodes add."""

import time
from typing import Any

from tests.bench.figures import Row, against
from tests.bench.starts import Tab
from tests.support.deployment import ECHO_KEY, Deployment, until

MIB = 1024 * 1024
SECONDS = 60
NODES = 100


def parts(deployment: Deployment) -> list[str]:
    """The ids of the containers of the platform's own parts."""
    engine = deployment.engine
    services = engine.services(filters={"label": [f"werkbank.stack={deployment.stack}", "werkbank.part"]})
    tasks = engine.tasks(filters={"service": [service["ID"] for service in services], "desired-state": "running"})
    return [task["Status"]["ContainerStatus"]["ContainerID"] for task in tasks]


def stats(deployment: Deployment) -> list[dict[str, Any]]:
    """What the engine counts of each part's container."""
    return [deployment.engine.stats(container, stream=False, one_shot=True) for container in parts(deployment)]


def memory(deployment: Deployment) -> float:
    """MiB that all parts have in use, without what the kernel may drop at will (as `docker stats` counts)."""
    used = 0
    for each in stats(deployment):
        kept = each["memory_stats"]
        used += kept["usage"] - kept["stats"].get("total_inactive_file", kept["stats"].get("inactive_file", 0))
    return used / MIB


def load(deployment: Deployment) -> float:
    """Percent of one core that all parts took within a minute."""

    def taken() -> int:
        return sum(each["cpu_stats"]["cpu_usage"]["total_usage"] for each in stats(deployment))

    before, began = taken(), time.monotonic()
    time.sleep(SECONDS)
    return (taken() - before) / 1e9 / (time.monotonic() - began) * 100


def measure(deployment: Deployment) -> dict[str, Row]:
    """Nothing runs; then a hundred trivial nodes do, in a project that is open."""
    used, idle = memory(deployment), load(deployment)
    print(f"  nothing runs: {used:.0f} MiB, {idle:.1f} % of a core", flush=True)
    busy = with_nodes(deployment)
    print(f"  {NODES} nodes run: {busy:.1f} % of a core", flush=True)
    return {
        "idle_memory": against("memory of all parts, idle", [used], "the promise", [600.0], "MiB"),
        "idle_load": against("load of all parts, idle", [idle], "the promise", [3.0], "% of a core"),
        "nodes_load": against(f"load that {NODES} running nodes add", [busy - idle], "the promise", [5.0], "% of a core"),
    }


def with_nodes(deployment: Deployment) -> float:
    """The load while nodes run."""
    deployment.publish_echo()
    person = deployment.admin()
    deployment.wait_for_service(person, ECHO_KEY)
    project_id = person.call("POST", "/projects", {"name": "bench"})["id"]
    tab = Tab(deployment, project_id)
    made = [person.add_node(project_id, ECHO_KEY)["id"] for _ in range(NODES)]
    for node_id in made:
        tab.wait_for(node_id, "running")
    time.sleep(10)
    busy = load(deployment)
    tab.close()
    person.call("DELETE", f"/projects/{project_id}")
    until(lambda: not deployment.node_services(project_id), 120, 0.5)
    return busy
