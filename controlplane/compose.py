"""Which images a service is made of: its own, its dependencies, and those of its compose spec
(docs/decisions/0009-a-subset-of-compose.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from controlplane import values
from controlplane.errors import LabelError
from controlplane.runtime import BREAKS_OUT, Runtime, mounts_of, replaced, stop_grace

DEPENDENCIES, COMPOSE, ENTRY = (
    f"simcore.service.{name}" for name in ("dependencies", "compose-spec", "container-http-entrypoint")
)
MOST = 20
_REGISTRY = "${SIMCORE_REGISTRY}"
_IMAGE = re.compile(r"^(simcore/services(?:/[a-z0-9._-]+)+):([\w][\w.-]{0,127})$")
_NAME = re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$")
_CONTAINER_NAME = re.compile(r"%%container_name\.([\w.-]+)%%")
_PLACEHOLDER = re.compile(r"\$\{?[A-Za-z_][^}\s]*\}?|%%[^%]*%%")
_REFUSED = BREAKS_OUT | {"ports": "a port of the host", "extends": "another file", "build": "an image that is built"}
# Obeyed, each read into a parameter of roles/node_service.
_PROGRAM = {
    "entrypoint": ("command", values.words),
    "command": ("args", values.words),
    "working_dir": ("working_dir", values.path),
    "user": ("user", values.scalar),
    "group_add": ("groups", values.words),
    "hostname": ("hostname", values.text),
    "tty": ("tty", values.truth),
    "read_only": ("read_only", values.truth),
    "init": ("init", values.truth),
    "stop_signal": ("stop_signal", values.text),
}
_OTHERS = ("image", "environment", "depends_on", "deploy", "volumes", "tmpfs", "stop_grace_period")
# Words about the service which change nothing of what it does here.
_WITHOUT_EFFECT = ("labels", "healthcheck", "restart", "expose", "logging", "stdin_open", "pull_policy", "platform")


@dataclass(frozen=True)
class Member:
    """One of the images that a service is made of. ``alias`` is its name for the others, ``after`` names those that must
    run before it, ``asks`` is what the compose spec says of it."""

    alias: str
    key: str
    tag: str
    is_main: bool = False
    after: tuple[str, ...] = ()
    asks: dict[str, Any] = field(default_factory=dict)

    def applied_to(self, runtime: Runtime) -> Runtime:
        """What the image's own settings ask for, and on top of it what the compose spec asks for."""
        asks = dict(self.asks)
        return replace(
            runtime,
            env=runtime.env | asks.pop("env", {}),
            constraints=runtime.constraints + asks.pop("constraints", ()),
            mounts=runtime.mounts + asks.pop("mounts", ()),
            container=runtime.container | asks.pop("container", {}),
            **asks,
        )


def members_of(labels: Mapping[str, str], key: str, version: str, registry: str = "") -> tuple[Member, ...]:
    """The images of the service ``key`` in ``version``, each after those that it depends on; ``registry`` is ours.

    Raises ``LabelError`` for what cannot be understood, is not obeyed here, or is refused.
    """
    spec = values.json_of(labels, COMPOSE, None)
    members = _of_compose(spec, labels, version, registry) if spec else [Member(_last(key), key, version, is_main=True)]
    taken = {member.alias for member in members}
    dependencies = []
    for item in values.each(values.json_of(labels, DEPENDENCIES, []), f"The label {DEPENDENCIES}", values.obj):
        dependencies.append(_dependency(item, taken))
    names = tuple(member.alias for member in dependencies)
    members = [replace(member, after=(*names, *member.after)) if member.is_main else member for member in members]
    if len(dependencies + members) > MOST:
        raise LabelError(f"The service is made of {len(dependencies + members)} images; at most {MOST} run together.")
    return _in_order(dependencies + members)


def _last(key: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_.-]", "-", key.rsplit("/", 1)[-1])[:60]


def _dependency(item: dict[str, Any], taken: set[str]) -> Member:
    where = f"each of the label {DEPENDENCIES}"
    given = values.only(item, where, ("key", "tag"), {})
    key, tag = (values.text(given.get(name), f"{name} of {where}") for name in ("key", "tag"))
    if not _IMAGE.match(f"{key}:{tag}"):
        raise values.wrong(where, 'an image of this registry, {"key": "simcore/services/...", "tag": "1.0.0"}', f"{key}:{tag}")
    alias, number = _last(key), 1
    while alias in taken:
        number += 1
        alias = f"{_last(key)}-{number}"
    taken.add(alias)
    return Member(alias, key, tag)


def _of_compose(spec: Any, labels: Mapping[str, str], version: str, registry: str) -> list[Member]:
    where = f"The label {COMPOSE}"
    if isinstance(spec, dict):
        spec = {name: value for name, value in spec.items() if not name.startswith("x-")}
    given = values.only(spec, where, ("version", "services", "volumes", "name"), BREAKS_OUT)
    for name, volume in values.obj(given.get("volumes", {}), f"volumes of {where}").items():
        values.only(volume or {}, f"The volume {name} of {where}", (), {})
    services = values.obj(given.get("services", {}), f"services of {where}")
    main = _main(labels, services)
    return [_member(name, service, version, registry, name == main) for name, service in services.items()]


def _main(labels: Mapping[str, str], services: dict[str, Any]) -> str:
    """Which service has the page."""
    named = (labels.get(ENTRY) or "").strip().strip('"')
    if not named and len(services) == 1:
        return next(iter(services))
    if named not in services:
        there = ", ".join(services) or "none"
        raise LabelError(f"The label {ENTRY} must name the service of {COMPOSE} that has the page ({there}), not {named!r}.")
    return named


def _member(name: str, service: Any, version: str, registry: str, is_main: bool) -> Member:
    where = f"The service {name!r} of {COMPOSE}"
    if not _NAME.match(name):
        raise values.wrong(f"The name of a service of {COMPOSE}", "a name on the network", name)
    service = {key: value for key, value in values.obj(service, where).items() if not key.startswith("x-")}
    given = values.only(service, where, (*_PROGRAM, *_OTHERS, *_WITHOUT_EFFECT), _REFUSED)
    given = _substituted(given, version, where)
    key, tag = _image(given.get("image"), registry, where)
    return Member(name, key, tag, is_main, _after(given.get("depends_on", []), where), _asks(given, where))


def _substituted(given: dict[str, Any], version: str, where: str) -> dict[str, Any]:
    """Placeholders of the platform become what they stand for; `$$` is a dollar. Any other is refused."""
    given = replaced(given, "${SERVICE_VERSION}", version)
    for name, value in given.items():
        for found in _texts_in(value):
            rest = _CONTAINER_NAME.sub("", found.replace("$$", "").replace(_REGISTRY if name == "image" else "$$", ""))
            if other := _PLACEHOLDER.search(rest):
                raise LabelError(f"{where} asks for {other[0]} in {name}, which nobody here fills in.")
    return {name: _final(value) if name != "image" else value for name, value in given.items()}


def _texts_in(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case list():
            return [text for item in value for text in _texts_in(item)]
        case dict():
            return [text for item in value.items() for part in item for text in _texts_in(part)]
    return []


def _final(value: Any) -> Any:
    match value:
        case str():
            return _CONTAINER_NAME.sub(r"\1", value).replace("$$", "$")
        case list():
            return [_final(item) for item in value]
        case dict():
            return {_final(key): _final(item) for key, item in value.items()}
    return value


def _image(value: Any, registry: str, where: str) -> tuple[str, str]:
    given = values.text(value, f"image of {where}")
    for prefix in filter(None, (_REGISTRY, registry)):
        given = given.removeprefix(f"{prefix}/")
    match = _IMAGE.match(given)
    if match is None:
        wanted = f'an image of this registry with its tag, such as "{_REGISTRY}/simcore/services/dynamic/name:1.0.0"'
        raise values.wrong(f"image of {where}", wanted, value)
    return match[1], match[2]


def _after(value: Any, where: str) -> tuple[str, ...]:
    """`depends_on`: a list, or an object whose condition is that the other one was started."""
    if isinstance(value, dict):
        for name, how in value.items():
            given = values.only(how or {}, f"depends_on {name} of {where}", ("condition", "required", "restart"), {})
            if given.get("condition", "service_started") != "service_started":
                raise values.wrong(f"The condition of depends_on {name} of {where}", "service_started", given["condition"])
        value = list(value)
    return values.texts(value, f"depends_on of {where}")


def _asks(given: dict[str, Any], where: str) -> dict[str, Any]:
    """What the compose spec says of a service, in the words of ``Runtime``."""
    container = {to: read(given[key], f"{key} of {where}") for key, (to, read) in _PROGRAM.items() if key in given}
    if "stop_grace_period" in given:
        container["stop_grace_period"] = stop_grace(
            values.seconds(given["stop_grace_period"], f"stop_grace_period of {where}"), where
        )
    volumes = values.each(given.get("volumes", []), f"volumes of {where}", _volume)
    tmpfs = values.texts(given.get("tmpfs", []), f"tmpfs of {where}")
    volumes += [{"type": "tmpfs", "target": target.partition(":")[0]} for target in tmpfs]
    return {
        "env": values.environment(given.get("environment", []), f"environment of {where}"),
        "mounts": mounts_of(volumes, f"volumes of {where}"),
        "container": container,
        **_deploy(given.get("deploy", {}), f"deploy of {where}"),
    }


def _volume(value: Any, where: str) -> dict[str, Any]:
    """The short form `name:/path[:ro]` as the long one."""
    if isinstance(value, dict):
        return value
    source, _, rest = values.text(value, where).partition(":")
    target, _, mode = rest.partition(":")
    if mode not in ("", "ro", "rw"):
        raise values.wrong(where, '"name:/path" or "name:/path:ro"', value)
    return {"type": "volume", "source": source, "target": target, "readonly": mode == "ro"}


def _deploy(value: Any, where: str) -> dict[str, Any]:
    given = values.only(value, where, ("resources", "placement", "restart_policy", "labels"), _REFUSED)
    placement = values.only(given.get("placement", {}), f"placement of {where}", ("constraints",), {})
    resources = values.only(given.get("resources", {}), f"resources of {where}", ("limits", "reservations"), _REFUSED)
    found: dict[str, Any] = {"constraints": values.texts(placement.get("constraints", []), f"constraints of {where}")}
    for kind, prefix in (("limits", ""), ("reservations", "reserved_")):
        asked = values.only(resources.get(kind, {}), f"{kind} of {where}", ("cpus", "memory"), _REFUSED)
        if "cpus" in asked:
            found[f"{prefix}cpus"] = _cpus(asked["cpus"], f"cpus in {kind} of {where}")
        if "memory" in asked:
            found[f"{prefix}memory_bytes"] = values.size(asked["memory"], f"memory in {kind} of {where}")
    return found


def _cpus(value: Any, where: str) -> float:
    """Compose writes CPUs as a text."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,6}(\.\d{1,9})?", value):
        value = float(value)
    return values.number(value, where)


def _in_order(members: list[Member]) -> tuple[Member, ...]:
    """Each after those that it depends on; else in the order they were given."""
    by_alias = {member.alias: member for member in members}
    for member in members:
        if strangers := [name for name in member.after if name not in by_alias]:
            raise LabelError(f"{member.alias!r} depends on {strangers[0]!r}, which is no service of {COMPOSE}.")
    try:
        order = TopologicalSorter({member.alias: member.after for member in members}).static_order()
        return tuple(by_alias[alias] for alias in order)
    except CycleError as error:
        raise LabelError(f"The services of {COMPOSE} depend on each other in a circle: {' -> '.join(error.args[1])}.") from error
