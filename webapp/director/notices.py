"""What the registry tells of pushes and deletions; asked for by services/registry/config.yml."""

from typing import Any

from flask import Blueprint, current_app, request

bp = Blueprint("notices", __name__, url_prefix="/internal")
_PREFIX = "simcore/services/"


@bp.post("/registry-events")
def registry_events() -> tuple[str, int]:
    """Note which tags changed. A notice is only a hint: what is true, the registry is asked."""
    body = request.get_json(force=True, silent=True)
    events = body.get("events") if isinstance(body, dict) else None
    for event in events if isinstance(events, list) else ():
        _tell(event)
    return "", 204


def _tell(event: Any) -> None:
    target = event.get("target") if isinstance(event, dict) else None
    repository = target.get("repository") if isinstance(target, dict) else None
    if isinstance(target, dict) and isinstance(repository, str) and _is_service(repository):
        tag = target.get("tag")
        current_app.extensions["tell"](repository, tag if isinstance(tag, str) else None)


def _is_service(repository: str) -> bool:
    return repository.startswith(_PREFIX) and len(repository) <= 255
