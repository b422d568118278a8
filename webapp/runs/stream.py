"""The event stream of a run: what happened after any point, what happens, and the run itself once it has ended."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from controlplane import runs
from controlplane.database import Bell, Database, run_key
from controlplane.errors import RunNotFound
from controlplane.model import RunState
from webapp.identity import Identity
from webapp.runs.schemas import RunEventOut, RunOut

MIMETYPE = "text/event-stream"
# Seconds between signs of life of an open stream.
_PULSE = 5.0
_AT_ONCE = 500


def frames(rows: Database, bell: Bell, who: Identity, run_id: str, seen: int) -> Iterator[str]:
    """Text of the stream; ends with the run, or when the right to see it is gone."""
    yield "retry: 2000\n\n"
    while True:
        count = bell.count(run_key(run_id))
        with rows.begin() as session:
            if not who.still_holds(session):
                return
            try:
                events, ended = _news(session, run_id, seen)
            except RunNotFound:
                return
        yield "".join(_frame("run_event", event, event["seq"]) for event in events) or ": still here\n\n"
        seen = events[-1]["seq"] if events else seen
        if ended is not None:
            yield _frame("run", ended)
            return
        if len(events) < _AT_ONCE:
            bell.wait(count, _PULSE, run_key(run_id))


def _news(session: Session, run_id: str, seen: int) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Events after ``seen``, and the run if it has ended and these are its last ones.

    The run is read before its events: when it has ended by then, no event comes after those that are read here.
    """
    run = runs.get_run(session, run_id)
    has_ended = run.state != RunState.RUNNING
    events = RunEventOut(many=True).dump(runs.events_after(session, run, seen, _AT_ONCE))
    return events, RunOut().dump(run) if has_ended and len(events) < _AT_ONCE else None


def _frame(kind: str, data: Any, number: int | None = None) -> str:
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {kind}\ndata: {json.dumps(data)}\n\n"
