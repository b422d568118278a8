"""Drift: in what the settings of a part differ from those that it was deployed with, in words that name no secret."""

import json
from typing import Any

from controlplane.masking import is_secret

# Of the engine's spec of a service: what is no setting, for versions are chosen and restarts are counted.
_NO_SETTINGS = ("Image", "ForceUpdate", "PreviousSpec")
_MIB = 2**20


def settings_of(spec: dict[str, Any]) -> dict[str, Any]:
    """The settings in the engine's spec of a service: all of it but its image; what is empty is the same as absent."""
    found: dict[str, Any] = _whole(spec)
    return found


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        whole = {name: _whole(inner) for name, inner in value.items() if name not in _NO_SETTINGS}
        return {name: inner for name, inner in whole.items() if inner not in (None, {}, [], "")}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value


def words(was: dict[str, Any], is_now: dict[str, Any]) -> list[str]:
    """Each difference in a few words; none when the settings are the same."""
    before, after = _said(was), _said(is_now)
    changed = [name for name in sorted(before | after) if before.get(name) != after.get(name)]
    said = [_difference(name, before.get(name), after.get(name)) for name in changed]
    # A value that is not for eyes may be what differs.
    return said or ([] if was == is_now else ["a secret setting is another"])


def _difference(name: str, was: str | None, is_now: str | None) -> str:
    if is_now is None:
        return f"{name} is missing"
    if was is None:
        return f"{name} was added" + (f" ({is_now})" if is_now else "")
    return f"{name} is {is_now}, was {was}" if is_now and was and max(len(was), len(is_now)) < 100 else f"{name} is another"


def _said(settings: dict[str, Any]) -> dict[str, str]:
    """What people know the settings by, each with its value; empty where the value is not for eyes."""
    rest = json.loads(json.dumps(settings))
    container = rest.get("TaskTemplate", {}).get("ContainerSpec", {})
    found = {f"variable {name}": value for name, value in map(_variable, container.pop("Env", []))}
    for mount in container.pop("Mounts", []):
        found[f"mount {mount.get('Target')}"] = f"{mount.get('Type')} {mount.get('Source', '')}".strip() + _rest(
            mount, "Target", "Type", "Source"
        )
    for secret in container.pop("Secrets", []):
        found[f"secret {secret.get('File', {}).get('Name')}"] = str(secret.get("SecretName"))
    limits = rest.get("TaskTemplate", {}).get("Resources", {}).pop("Limits", {})
    if "MemoryBytes" in limits:
        found["memory limit"] = f"{limits.pop('MemoryBytes') / _MIB:g} MiB"
    if "NanoCPUs" in limits:
        found["processor limit"] = f"{limits.pop('NanoCPUs') / 1e9:g}"
    return found | _paths(rest, "")


def _variable(line: str) -> tuple[str, str]:
    name, _, value = str(line).partition("=")
    return name, "" if is_secret(name) else value


def _rest(mount: dict[str, Any], *known: str) -> str:
    others = {name: value for name, value in mount.items() if name not in known}
    return f" {json.dumps(others, sort_keys=True)}" if others else ""


def _paths(value: Any, path: str) -> dict[str, str]:
    """What is left: each value by its path in the spec."""
    if isinstance(value, dict):
        return {key: said for name, inner in value.items() for key, said in _paths(inner, f"{path}.{name}".lstrip(".")).items()}
    return {path: "" if is_secret(path) else json.dumps(value, sort_keys=True)}
