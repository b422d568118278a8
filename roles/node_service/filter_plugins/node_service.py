"""From the role's variables to the arguments of the modules that bring them about; what is not asked for is not there."""

from typing import Any

Item = dict[str, Any]

# What a node is that does not say otherwise: the defaults of meta/argument_specs.yml, which Ansible checks and does not fill in.
_UNSAID = {
    "role": "main",
    "env": {},
    "mounts": [],
    "constraints": [],
    "reserved_cpus": 0,
    "reserved_memory_bytes": 0,
    "publish": False,
    "container": {},
}


def networks(items: list[Item], stack: str) -> list[Item]:
    """Arguments of community.docker.docker_network."""
    return [
        {
            "name": item["name"],
            "driver": "overlay",
            "scope": "swarm",
            "attachable": item.get("attachable", True),
            "internal": item.get("internal", True),
            "labels": {"werkbank.stack": stack, "werkbank.project": item["project_id"]},
        }
        for item in items
    ]


def services(items: list[Item], stack: str, cap_drop: list[str], stop_grace: int) -> list[Item]:
    """Arguments of community.docker.docker_swarm_service."""
    return [_service(_UNSAID | item, stack, cap_drop, stop_grace) for item in items]


def _service(item: Item, stack: str, cap_drop: list[str], stop_grace: int) -> Item:
    owner = {"werkbank.stack": stack, "werkbank.node": item["node_id"]}
    labels = owner | {
        "werkbank.project": item["project_id"],
        "werkbank.route": item["route"],
        "uuid": item["node_id"],
        "type": item["role"],
    }
    mounts = [m if m.get("type") == "tmpfs" else m | {"type": "volume", "labels": owner} for m in item["mounts"]]
    # The engine keeps no 0, and the module would find a difference each time.
    reserved = {"cpus": item["reserved_cpus"], "memory": item["reserved_memory_bytes"]}
    return {
        "name": item["name"],
        "image": item["image"],
        "resolve_image": False,  # the reference carries its digest
        "env": item["env"],
        "networks": item["networks"],
        "endpoint_mode": "dnsrr",
        "publish": [{"mode": "host", "target_port": item["port"]}] if item["publish"] else [],
        "replicas": 1,
        "cap_drop": cap_drop,
        "mounts": mounts,
        "placement": {"constraints": item["constraints"]},
        "limits": {"cpus": item["cpus"], "memory": str(item["memory_bytes"])},
        "reservations": {name: str(value) if name == "memory" else value for name, value in reserved.items() if value},
        # An engine that starts again ends a task each time. It remembers five of a service, so one attempt less can be counted.
        "restart_config": {"condition": "on-failure", "delay": "1s", "max_attempts": 4},
        "update_config": {"order": "stop-first"},
        # The page's answer decides, not the image's own check, whose first look may be half a minute away.
        "healthcheck": {"test": ["NONE"]},
        "labels": labels,
        "container_labels": labels,
    } | ({"init": True, "stop_grace_period": f"{stop_grace}s"} | item["container"])


def anchors(items: list[Item], stack: str) -> list[Item]:
    """Arguments of community.docker.docker_container. It listens to nothing and forwards nothing. Always a new one: a
    container that was down while a network of it went cannot be started any more."""
    return [
        {
            "name": item["name"],
            "image": item["image"],
            "pull": "never",
            "recreate": True,
            "force_kill": True,
            "command": ["sleep", "infinity"],
            "init": True,
            "read_only": True,
            "cap_drop": ["ALL"],
            "security_opts": ["no-new-privileges"],
            "sysctls": {"net.ipv4.ip_forward": "0"},
            "healthcheck": {"test": ["NONE"]},
            "memory": "32M",
            "network_mode": "bridge",
            "labels": {"werkbank.stack": stack, "werkbank.part": "anchor"},
        }
        for item in items
    ]


def absences(names: list[str], force: bool = False) -> list[Item]:
    """Arguments of a module by which things of these names are gone; with ``force`` whatever is on a network, too."""
    return [{"name": name, "state": "absent"} | ({"force": True} if force else {}) for name in names]


def reachable(items: list[Item], made: list[Item]) -> list[Item]:
    """The attachments without those whose services of this run have all failed: nothing brings their network here."""
    failed = {each["name"] for each in made if each["failed"]}
    wanted = [item for item in items if not item.get("services") or set(item["services"]) - failed]
    return [{name: item.get(name, False) for name in ("gateway", "network", "is_anchor")} for item in wanted]


def outcomes(items: list[Item], results: list[Item]) -> list[Item]:
    """Each node's service or network with what its module said."""
    names = ("node_id", "name")
    return [
        {name: item.get(name) for name in names} | {"failed": bool(result.get("failed")), "msg": str(result.get("msg", ""))}
        for item, result in zip(items, results, strict=False)
    ]


class FilterModule:
    """Ansible's way to find the filters."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {f"node_service_{each.__name__}": each for each in (networks, services, anchors, absences, reachable, outcomes)}
