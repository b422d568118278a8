"""The contract for services: labels on an image, each value JSON text (docs/labels.md)."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import semver

from controlplane.errors import LabelError

KEY = re.compile(r"^(simcore)/(services)/(comp|dynamic)(/[^\s/]+)+$")
REQUIRED = ("key", "version", "type", "name", "description", "authors", "contact", "inputs", "outputs")
_SIMCORE = "io.simcore."
_PORT_TYPE = re.compile(r"^(number|integer|boolean|string|data:\S+)$")


@dataclass(frozen=True)
class Runtime:
    """What an image's settings labels ask for when it runs."""

    port: int
    entry_point: str = ""
    env: dict[str, str] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()
    cpus: float | None = None
    memory_bytes: int | None = None
    reserved_cpus: float | None = None
    reserved_memory_bytes: int | None = None
    state_paths: tuple[str, ...] = ()
    start_timeout: int | None = None  # seconds


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise LabelError(f"The label {name} is not JSON text: {error}.") from error


def metadata_of(labels: dict[str, str]) -> dict[str, Any]:
    """The service's metadata from its `io.simcore.*` labels, each `{"<field>": value}`.

    Raises ``LabelError`` with the first thing that is wrong.
    """
    metadata: dict[str, Any] = {}
    for name, text in labels.items():
        if name.startswith(_SIMCORE) and text:
            value = _json(name, text)
            if not isinstance(value, dict):
                raise LabelError(f'The label {name} must be {{"{name.removeprefix(_SIMCORE)}": value}}.')
            metadata |= value
    if missing := [name for name in REQUIRED if name not in metadata]:
        raise LabelError(f"The image has no label {_SIMCORE}{missing[0]}.")
    if not KEY.match(str(metadata["key"])):
        raise LabelError(f"The key {metadata['key']!r} must look like simcore/services/dynamic/name.")
    if not semver.Version.is_valid(str(metadata["version"])):
        raise LabelError(f"The version {metadata['version']!r} must be a semantic version such as 1.0.0.")
    if metadata["type"] not in ("computational", "dynamic"):
        raise LabelError(f"The type {metadata['type']!r} must be computational or dynamic.")
    for side in ("inputs", "outputs"):
        _check_ports(side, metadata[side])
    return metadata


def _check_ports(side: str, ports: Any) -> None:
    if not isinstance(ports, dict):
        raise LabelError(f"{side} must be an object of ports.")
    for name, port in ports.items():
        if not isinstance(port, dict) or not _PORT_TYPE.match(str(port.get("type"))):
            raise LabelError(f"The port {name!r} of {side} needs a type: number, integer, boolean, string or data:<mime>.")


def _settings(labels: dict[str, str], uuid: str) -> list[dict[str, Any]]:
    found = []
    for name in ("simcore.service.settings", "simcore.service.bootsettings"):
        value = _json(name, labels.get(name) or "[]")
        if not isinstance(value, list) or not all(isinstance(item, dict) and "name" in item for item in value):
            raise LabelError(f"The label {name} must be a list of {{name, type, value}}.")
        found += _replaced(value, uuid)
    return found


def _replaced(value: Any, uuid: str) -> Any:
    match value:
        case str():
            return value.replace("%service_uuid%", uuid)
        case list():
            return [_replaced(item, uuid) for item in value]
        case dict():
            return {key: _replaced(item, uuid) for key, item in value.items()}
    return value


def runtime_of(labels: dict[str, str], uuid: str) -> Runtime:
    """What the image asks for when it runs as node ``uuid``.

    Raises ``LabelError`` for what cannot be understood, and for what no deployment permits (a host's folder, its
    network, more privileges): nothing is started then.
    """
    asked: dict[str, Any] = {}
    for item in _settings(labels, uuid):
        asked[item["name"].lower()] = item.get("value")
    _refuse_what_breaks_out(asked)
    paths = _json("simcore.service.paths-mapping", labels.get("simcore.service.paths-mapping") or "{}")
    resources = asked.get("resources") or {}
    limits, reservations = resources.get("Limits") or {}, resources.get("Reservations") or {}
    try:
        return Runtime(
            port=_port(asked.get("ports")),
            entry_point=str(asked.get("entry_point") or ""),
            env=_env(asked.get("env")),
            constraints=tuple(asked.get("constraints") or ()),
            cpus=_cpus(limits),
            memory_bytes=limits.get("MemoryBytes"),
            reserved_cpus=_cpus(reservations),
            reserved_memory_bytes=reservations.get("MemoryBytes"),
            state_paths=tuple(paths.get("state_paths") or ()),
            start_timeout=_start_timeout(labels),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise LabelError(f"The settings labels cannot be understood: {error}.") from error


def _refuse_what_breaks_out(asked: dict[str, Any]) -> None:
    spec = json.dumps(asked.get("containerspec") or {}).lower()
    mounts = asked.get("mount") or []
    if any(isinstance(m, dict) and str(m.get("Type") or m.get("type") or "bind").lower() == "bind" for m in mounts):
        raise LabelError("The image asks for a folder of the host (mount of type bind), which this deployment refuses.")
    for word in ("privileg", "docker.sock", "capabilityadd"):
        if word in spec or word in json.dumps(mounts).lower():
            raise LabelError(f"The image asks for rights over the host ({word}), which this deployment refuses.")


def _port(value: Any) -> int:
    """The one port of `ports`: a number, or the first generation's `[{"TargetPort": 8888}]`, or compose's "8888/tcp"."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("TargetPort") or value.get("target")
    if value is None:
        raise ValueError("ports names no port")
    port = int(str(value).split("/")[0])
    if not 0 < port < 65536:
        raise ValueError(f"{port} is no port")
    return port


def _start_timeout(labels: dict[str, str]) -> int | None:
    """`werkbank.start_timeout`: 1 second to an hour, for services that are slower than the deployment expects."""
    seconds = _json("werkbank.start_timeout", labels.get("werkbank.start_timeout") or "null")
    if seconds is None:
        return None
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds <= 3600:
        raise LabelError(f"The label werkbank.start_timeout must be 1 to 3600 seconds, not {seconds!r}.")
    return seconds


def _cpus(resources: dict[str, Any]) -> float | None:
    return resources["NanoCPUs"] / 1e9 if resources.get("NanoCPUs") else None


def _env(value: Any) -> dict[str, str]:
    """`env` as a list of "NAME=value" or as an object."""
    if isinstance(value, dict):
        return {str(name): str(content) for name, content in value.items()}
    return dict(item.split("=", 1) for item in value or [])
