"""What a service says of itself: whether it is at work, and since when not. Unknown is never idle."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from controlplane.ports import Activity

LABEL = "werkbank.activity"
CALLBACKS = "simcore.service.callbacks-mapping"
JUPYTER, INACTIVITY, UNCLEAR = "jupyter", "inactivity", "unclear"
_IDLE, _BUSY = {"idle", "dead", "starting"}, {"busy", "restarting", "autorestarting", "terminating"}


def asked_of(labels: dict[str, str]) -> dict[str, Any] | None:
    """Where and how the service is asked: ``{"paths": [...], "format": ...}``; None when it cannot be asked.

    A label that is not understood gives the format ``unclear``: such a service is never taken for idle.
    """
    try:
        if LABEL in labels:
            return _question(json.loads(labels[LABEL]))
        callback = json.loads(labels.get(CALLBACKS) or "{}").get("inactivity")
    except (ValueError, AttributeError):
        return {"paths": [], "format": UNCLEAR}
    # A command would have to be executed in the container, which nobody here may do (docs/labels.md).
    if not callback or "command" in callback:
        return None
    return _question({"format": INACTIVITY} | callback)


def _question(asked: Any) -> dict[str, Any]:
    paths = asked.get("path") if isinstance(asked, dict) else None
    paths = [paths] if isinstance(paths, str) else paths
    is_clear = isinstance(paths, list) and 0 < len(paths) <= 4 and all(isinstance(path, str) for path in paths)
    if not is_clear or asked.get("format") not in (JUPYTER, INACTIVITY):
        return {"paths": [], "format": UNCLEAR}
    return {"paths": [path.lstrip("/") for path in paths or []], "format": asked["format"]}


def read(form: str, answers: list[Any], served_at: datetime, at: datetime) -> Activity | None:
    """What the service's answers (JSON) mean; None when they cannot be understood.

    ``served_at`` is the moment of the answer by the service's own clock, ``at`` by ours (both UTC): what it says of times
    past is moved to our clock.
    """
    try:
        found = [_jupyter(answer) if form == JUPYTER else _inactivity(answer, served_at) for answer in answers]
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        return None
    if not found or form not in (JUPYTER, INACTIVITY):
        return None
    moments = [min(at, item.last_at + (at - served_at)) for item in found if item.last_at]
    return Activity(
        is_busy=any(item.is_busy for item in found),
        last_at=max(moments, default=None),
        connections=sum(item.connections for item in found),
    )


def _jupyter(answer: Any) -> Activity:
    """Of `api/kernels` or `api/terminals`: `[{"execution_state", "last_activity", "connections"}]`."""
    if not isinstance(answer, list):
        raise TypeError("a list was expected")
    states = {str(item.get("execution_state", "idle")) for item in answer}
    if states - _IDLE - _BUSY:
        raise ValueError("a kernel in a state that is not known")
    moments = [_moment(item["last_activity"]) for item in answer]
    connections = sum(int(item.get("connections") or 0) for item in answer)
    return Activity(bool(states & _BUSY), max(moments, default=None), connections)


def _inactivity(answer: Any, served_at: datetime) -> Activity:
    """`{"is_inactive": bool, "seconds_inactive": number}`; either may be missing, not both."""
    seconds, is_inactive = answer.get("seconds_inactive"), answer.get("is_inactive")
    if not isinstance(is_inactive, bool | None) or (seconds is None and is_inactive is None):
        raise ValueError("neither is_inactive nor seconds_inactive")
    if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError("no number of seconds")
    last_at = None if seconds is None else served_at - timedelta(seconds=seconds)
    return Activity(is_inactive is False, last_at)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC)
