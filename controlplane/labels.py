"""The contract for services: labels on an image, each value JSON text (docs/labels.md)."""

import json
import re
from typing import Any

import semver

from controlplane.errors import LabelError

KEY = re.compile(r"^(simcore)/(services)/(comp|dynamic)(/[^\s/]+)+$")
REQUIRED = ("key", "version", "type", "name", "description", "authors", "contact", "inputs", "outputs")
_SIMCORE = "io.simcore."
_PORT_TYPE = re.compile(r"^(number|integer|boolean|string|data:\S+)$")


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
