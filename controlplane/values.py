"""Reads values out of labels; each that is not what it should be is a ``LabelError`` that says which and why."""

import json
import math
import re
import shlex
from collections.abc import Callable, Collection, Mapping
from itertools import accumulate
from typing import Any

from controlplane.errors import LabelError

_SIZE = re.compile(r"^(\d{1,15}(?:\.\d+)?)\s*([kmgt]?)i?b?$", re.IGNORECASE)
_DURATION = re.compile(r"^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$")
_ENV_NAME = re.compile(r"^[^=\s\x00]+$")
_VOLUME = re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,60}$")
_LARGEST = 2**53
_DEEPEST = 100


def wrong(where: str, wanted: str, value: Any) -> LabelError:
    """The error that names what is wrong; a value that is long is cut."""
    shown = json.dumps(value, default=str)
    return LabelError(f"{where} must be {wanted}, not {shown if len(shown) <= 60 else shown[:57] + '...'}.")


def json_of(labels: Mapping[str, str], name: str, default: Any) -> Any:
    """A label's value; ``default`` where it is missing, empty or null."""
    given = labels.get(name) or "null"
    if max(accumulate((ch in "[{") - (ch in "]}") for ch in given)) > _DEEPEST:
        raise LabelError(f"The label {name} is nested more than {_DEEPEST} deep.")
    try:
        value = json.loads(given)
    except ValueError as error:
        raise LabelError(f"The label {name} is not JSON text: {error}.") from error
    return default if value is None else value


def _is_clean(value: Any) -> bool:
    """A text that an engine takes: no NUL, no half of a character."""
    return isinstance(value, str) and not re.search("[\x00\ud800-\udfff]", value)


def text(value: Any, where: str) -> str:
    """A text that is not empty."""
    if not _is_clean(value) or not value.strip():
        raise wrong(where, "a text", value)
    return str(value)


def scalar(value: Any, where: str) -> str:
    """A text, or a number or truth value as compose files have them, as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and math.isfinite(value):
        return str(value)
    if not _is_clean(value):
        raise wrong(where, "a text", value)
    return str(value)


def texts(value: Any, where: str) -> tuple[str, ...]:
    """A list of texts; a single text is a list of one."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise wrong(where, "a list of texts", value)
    return tuple(text(item, f"each of {where}") for item in value)


def words(value: Any, where: str) -> list[str]:
    """A command: a list of texts, or one text in the shell's words."""
    if isinstance(value, str):
        try:
            return shlex.split(value)
        except ValueError as error:
            raise wrong(where, "a command in the shell's words", value) from error
    if not isinstance(value, list):
        raise wrong(where, "a list of texts", value)
    return [scalar(item, f"each of {where}") for item in value]


def path(value: Any, where: str) -> str:
    """An absolute path in the container, and not its root."""
    given = text(value, where)
    parts = given.split("/")
    if not given.startswith("/") or ".." in parts or not given.strip("/.") or any(ch in given for ch in ",\n"):
        raise wrong(where, "an absolute path in the container such as /data", value)
    return "/" + "/".join(part for part in parts if part not in ("", "."))


def volume(value: Any, where: str) -> str:
    """The name of a volume, and no path of the host."""
    given = text(value, where)
    if not _VOLUME.match(given):
        raise wrong(where, "the name of a volume, of letters, digits, dots and dashes", value)
    return given


def truth(value: Any, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong(where, "true or false", value)
    return value


def number(value: Any, where: str) -> float:
    """A number above 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LARGEST:
        raise wrong(where, "a number above 0", value)
    return float(value)


def whole(value: Any, where: str) -> int:
    """A whole number above 0."""
    if number(value, where) != int(number(value, where)):
        raise wrong(where, "a whole number above 0", value)
    return int(value)


def size(value: Any, where: str) -> int:
    """Bytes, as a number or in compose's words: "512M"."""
    if not isinstance(value, str):
        return whole(value, where)
    match = _SIZE.match(value.strip())
    if match is None:
        raise wrong(where, 'a size such as "512M"', value)
    return whole(round(float(match[1]) * 1024 ** " kmgt".index(match[2].lower() or " ")), where)


def seconds(value: Any, where: str) -> float:
    """A duration in compose's words, "1m30s", in seconds."""
    match = _DURATION.match(value) if isinstance(value, str) and value else None
    if match is None:
        raise wrong(where, 'a duration such as "10s"', value)
    hours, minutes, secs, millis = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + secs + millis / 1000


def port(value: Any, where: str) -> int:
    """A port: 8888, "8888" or "8888/tcp"."""
    given = str(value).removesuffix("/tcp")
    if isinstance(value, bool) or not (given.isascii() and given.isdigit()) or len(given) > 5 or not 0 < int(given) < 65536:
        raise wrong(where, "a port from 1 to 65535", value)
    return int(given)


def environment(value: Any, where: str) -> dict[str, str]:
    """An environment: a list of "NAME=value", or an object."""
    if isinstance(value, dict):
        pairs = [(name, scalar("" if content is None else content, f"{where}: {name}")) for name, content in value.items()]
    elif isinstance(value, list):
        pairs = [(name, content) for name, _, content in (scalar(item, f"each of {where}").partition("=") for item in value)]
    else:
        raise wrong(where, 'a list of "NAME=value" or an object', value)
    if bad := [name for name, _ in pairs if not _ENV_NAME.match(name)]:
        raise wrong(where, 'of entries "NAME=value"', bad[0])
    return dict(pairs)


def obj(value: Any, where: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise wrong(where, "an object", value)
    return value


def only(value: Any, where: str, known: Collection[str], refused: Mapping[str, str]) -> dict[str, Any]:
    """An object of known keys. What breaks out of the container (``refused``: key to what it would do) is refused for
    that; a key that nobody here obeys is refused, too, for the image would run and silently misbehave."""
    given = {key: content for key, content in obj(value, where).items() if content is not None}
    for key, content in given.items():
        if key.lower() in refused and content not in (False, [], {}, ""):
            raise LabelError(f"{where} asks for {refused[key.lower()]} ({key}), which this deployment refuses.")
    if unknown := [key for key in given if key not in known and key.lower() not in refused]:
        raise LabelError(f"{where} has {unknown[0]!r}, which is not obeyed here; docs/labels.md lists what is.")
    return given


def each(value: Any, where: str, read: Callable[[Any, str], Any]) -> list[Any]:
    """What ``read`` makes of each item of a list."""
    if not isinstance(value, list):
        raise wrong(where, "a list", value)
    return [read(item, f"each of {where}") for item in value]
