"""Which of the swarm's things are ours beyond doubt: by labels, all of them known and well-formed."""

import re
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

OURS = "werkbank."
_ROUTE = re.compile(r"[0-9a-f]{24}")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


_FORMS: dict[str, Callable[[str], bool]] = {
    "werkbank.stack": bool,
    "werkbank.node": _is_uuid,
    "werkbank.project": _is_uuid,
    "werkbank.route": lambda text: bool(_ROUTE.fullmatch(text)),
}
SERVICE = ("werkbank.stack", "werkbank.node", "werkbank.project", "werkbank.route")
NETWORK = ("werkbank.stack", "werkbank.project")


def doubt(labels: Mapping[str, str], required: Iterable[str]) -> str | None:
    """Why a thing may not be judged by its labels: one is missing, malformed, or of a version that is not this one."""
    if missing := [name for name in required if name not in labels]:
        return f"it has no label {missing[0]}"
    for name, value in labels.items():
        if name.startswith(OURS) and name not in _FORMS:
            return f"it has the label {name}, which this version does not know"
        if name in _FORMS and not _FORMS[name](value):
            return f"its label {name} is malformed: {value[:80]!r}"
    return None
