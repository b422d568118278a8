"""What an image's settings labels ask for when it runs (docs/labels.md); what no deployment permits is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from controlplane import values
from controlplane.errors import LabelError

LONGEST_STOP = 60
SETTINGS, BOOT, PATHS = (f"simcore.service.{name}" for name in ("settings", "bootsettings", "paths-mapping"))
START_TIMEOUT = "werkbank.start_timeout"
# What would break out of the container, whatever its value.
BREAKS_OUT = {
    "privileged": "all rights over the host",
    "privileges": "more rights",
    "capabilityadd": "more rights",
    "cap_add": "more rights",
    "devices": "devices of the host",
    "sysctls": "settings of the host's kernel",
    "ulimits": "other limits of the kernel",
    "networks": "other networks",
    "network_mode": "another network",
    "pid": "processes of the host",
    "ipc": "memory of others",
    "userns_mode": "users of the host",
    "uts": "the host's name",
    "cgroup": "control groups of the host",
    "cgroup_parent": "control groups of the host",
    "device_cgroup_rules": "devices of the host",
    "security_opt": "weaker protection of the host",
    "volumes_from": "volumes of others",
    "secrets": "secrets of the swarm",
    "configs": "configurations of the swarm",
    "dnsconfig": "other name servers",
    "dns": "other name servers",
    "runtime": "another runtime of the host",
    "isolation": "another isolation",
}
# A setting's type decides where its name is anybody's choice (the contract's REST form).
_BY_TYPE = {"constraints": "constraints", "endpointspec": "ports", "resources": "resources", "containerspec": "containerspec"}
_KNOWN = ("ports", "env", "mount", "constraints", "resources", "containerspec")
_CONTAINER_SPEC = {
    "Command": ("command", values.words),
    "Args": ("args", values.words),
    "Dir": ("working_dir", values.path),
    "User": ("user", values.scalar),
    "Groups": ("groups", values.words),
    "Hostname": ("hostname", values.text),
    "TTY": ("tty", values.truth),
    "ReadOnly": ("read_only", values.truth),
    "Init": ("init", values.truth),
    "StopSignal": ("stop_signal", values.text),
}
_MOUNT = (
    *("type", "source", "target", "consistency"),
    *("readonly", "read_only", "tmpfsoptions", "tmpfs", "volumeoptions", "volume"),
)
# The page's answer decides whether a node is well; an interactive standard input has nobody at the other end.
_WITHOUT_EFFECT = ("Healthcheck", "OpenStdin")


@dataclass(frozen=True)
class Runtime:
    """What an image asks for when it runs. ``container`` holds parameters of roles/node_service beyond the others."""

    port: int | None
    entry_point: str = ""
    env: dict[str, str] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()
    cpus: float | None = None
    memory_bytes: int | None = None
    reserved_cpus: float | None = None
    reserved_memory_bytes: int | None = None
    state_paths: tuple[str, ...] = ()
    mounts: tuple[dict[str, Any], ...] = ()
    start_timeout: int | None = None  # seconds
    container: dict[str, Any] = field(default_factory=dict)


def runtime_of(labels: Mapping[str, str], uuid: str, *, needs_port: bool = True) -> Runtime:
    """What the image asks for when it runs as (part of) node ``uuid``.

    Raises ``LabelError``, and nothing else, for what cannot be understood, for what nobody here obeys, and for what no
    deployment permits (a host's folder, its network, more privileges): nothing is started then.
    """
    asked = _settings(labels, uuid)
    if "ports" not in asked and needs_port:
        raise LabelError(f"The label {SETTINGS} names no port: the setting `ports` is missing, and nobody could reach the page.")
    spec = _container_spec(asked.get("containerspec", {}))
    return Runtime(
        port=_port(asked["ports"]) if "ports" in asked else None,
        entry_point=_entry_point(labels, uuid),
        env=values.environment(asked.get("env", []), "The setting env") | spec.pop("env", {}),
        constraints=values.texts(asked.get("constraints", []), "The setting constraints"),
        state_paths=_state_paths(labels, uuid),
        mounts=mounts_of(asked.get("mount", []), "The setting mount") + spec.pop("mounts", ()),
        start_timeout=_start_timeout(labels),
        container=spec,
        **_resources(asked.get("resources", {})),
    )


def replaced(value: Any, what: str, by: str) -> Any:
    """The value with a text replaced in every text within."""
    match value:
        case str():
            return value.replace(what, by)
        case list():
            return [replaced(item, what, by) for item in value]
        case dict():
            return {replaced(key, what, by): replaced(item, what, by) for key, item in value.items()}
    return value


def _items(labels: Mapping[str, str], name: str, uuid: str) -> list[dict[str, Any]]:
    items = replaced(values.json_of(labels, name, []), "%service_uuid%", uuid)
    if not isinstance(items, list) or not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in items):
        raise LabelError(f"The label {name} must be a list of {{name, type, value}}.")
    return [item for item in items if item.get("value") is not None]


def _settings(labels: Mapping[str, str], uuid: str) -> dict[str, Any]:
    """Each setting's value by its name in small letters."""
    asked: dict[str, Any] = {}
    for item in _items(labels, SETTINGS, uuid):
        name = _BY_TYPE.get(str(item.get("type")).lower(), item["name"].lower())
        if name not in _KNOWN:
            values.only({item["name"]: item["value"]}, f"The label {SETTINGS}", (), BREAKS_OUT)
            continue
        asked[name] = item["value"]
    return asked


def _entry_point(labels: Mapping[str, str], uuid: str) -> str:
    found = [item["value"] for item in _items(labels, BOOT, uuid) if item["name"] == "entry_point"]
    return values.scalar(found[-1], "The setting entry_point") if found else ""


def _state_paths(labels: Mapping[str, str], uuid: str) -> tuple[str, ...]:
    mapping = values.obj(replaced(values.json_of(labels, PATHS, {}), "%service_uuid%", uuid), f"The label {PATHS}")
    wanted = mapping.get("state_paths") or []
    return tuple(dict.fromkeys(values.each(wanted, f"state_paths of the label {PATHS}", values.path)))


def _start_timeout(labels: Mapping[str, str]) -> int | None:
    """`werkbank.start_timeout`: 1 second to an hour, for services that are slower than the deployment expects."""
    seconds = values.json_of(labels, START_TIMEOUT, None)
    if seconds is not None and (not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds <= 3600):
        raise values.wrong(f"The label {START_TIMEOUT}", "1 to 3600 seconds", seconds)
    return seconds


def _port(value: Any) -> int:
    """The one port of `ports`: a number, or the first generation's `[{"TargetPort": 8888}]`, or compose's "8888/tcp"."""
    if isinstance(value, dict) and "Ports" in value:
        value = value["Ports"]
    if isinstance(value, list):
        if len(value) != 1:
            raise values.wrong("The setting ports", "one port, that of the page", value)
        value = value[0]
    if isinstance(value, dict):
        value = value.get("TargetPort") or value.get("target")
    return values.port(value, "The setting ports")


def _resources(value: Any) -> dict[str, Any]:
    """Limits and reservations, in the engine's own words."""
    asked = values.only(value, "The setting Resources", ("Limits", "Reservations"), {})
    found: dict[str, Any] = {}
    for kind, prefix in (("Limits", ""), ("Reservations", "reserved_")):
        where = f"{kind} of the setting Resources"
        given = values.only(asked.get(kind) or {}, where, ("NanoCPUs", "MemoryBytes"), {})
        if given.get("NanoCPUs"):
            found[f"{prefix}cpus"] = values.number(given["NanoCPUs"], f"NanoCPUs in {where}") / 1e9
        if given.get("MemoryBytes"):
            found[f"{prefix}memory_bytes"] = values.whole(given["MemoryBytes"], f"MemoryBytes in {where}")
    return found


def _container_spec(value: Any) -> dict[str, Any]:
    where = "The setting ContainerSpec"
    known = (*_CONTAINER_SPEC, *_WITHOUT_EFFECT, "Env", "Mounts", "StopGracePeriod")
    given = values.only(value, where, known, BREAKS_OUT)
    found = {to: read(given[key], f"{key} of {where}") for key, (to, read) in _CONTAINER_SPEC.items() if key in given}
    if "Env" in given:
        found["env"] = values.environment(given["Env"], f"Env of {where}")
    if "Mounts" in given:
        found["mounts"] = mounts_of(given["Mounts"], f"Mounts of {where}")
    if "StopGracePeriod" in given:
        nanoseconds = values.number(given["StopGracePeriod"], f"StopGracePeriod of {where} (nanoseconds)")
        found["stop_grace_period"] = stop_grace(nanoseconds / 1e9, where)
    return found


def stop_grace(seconds: float, where: str) -> str:
    """The time a service may take to stop, in the role's words; a longer one would hold up whoever closes the node."""
    if not 0 < seconds <= LONGEST_STOP:
        raise values.wrong(f"The stop grace period of {where}", f"at most {LONGEST_STOP} s", seconds)
    return f"{max(1, round(seconds))}s"


def mounts_of(value: Any, where: str) -> tuple[dict[str, Any], ...]:
    """Mounts of types volume and tmpfs, as {type, source?, target, readonly?, tmpfs_size?}."""
    return tuple(values.each(value, where, _mount))


def _mount(value: Any, where: str) -> dict[str, Any]:
    given = {key.lower(): content for key, content in values.obj(value, where).items()}
    kind = given.get("type", "bind")
    if kind == "bind" or str(given.get("source", "")).startswith(("/", ".", "~")):
        raise LabelError(f"{where} asks for a folder of the host ({given.get('source')!r}), which this deployment refuses.")
    values.only(given, where, _MOUNT, {})
    mount = {"type": kind, "target": values.path(given.get("target"), f"Target of {where}")}
    if values.truth(given.get("readonly", given.get("read_only", False)), f"ReadOnly of {where}"):
        mount["readonly"] = True
    if kind == "volume":
        options = given.get("volumeoptions") or given.get("volume") or {}
        options = values.only(options, f"Options of {where}", ("NoCopy", "nocopy"), {})
        if values.truth(options.get("NoCopy", options.get("nocopy", False)), f"NoCopy of {where}"):
            mount["no_copy"] = True
        return mount | {"source": values.volume(given.get("source"), f"Source of {where}")}
    if kind == "tmpfs":
        options = given.get("tmpfsoptions") or given.get("tmpfs") or {}
        return mount | _tmpfs(values.only(options, f"Options of {where}", ("SizeBytes", "size", "Mode", "mode"), {}), where)
    raise values.wrong(f"The type of {where}", "volume or tmpfs", kind)


def _tmpfs(options: dict[str, Any], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if wanted := options.get("SizeBytes") or options.get("size"):
        found["tmpfs_size"] = str(values.size(wanted, f"The size of {where}"))
    if mode := options.get("Mode") or options.get("mode"):
        found["tmpfs_mode"] = values.whole(mode, f"The mode of {where}")
    return found
