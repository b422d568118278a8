"""The event log: who did what to which project, node, image, run or user. Entries are added, read and never changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, event, func, select
from sqlalchemy.orm import Session

from controlplane.clock import now
from controlplane.model import Node, Observed, User
from controlplane.records import Entry

# How many failed logins of an hour are worth an entry: a guesser must not fill the database.
FAILED_LOGINS_AN_HOUR = 200
_AT_ONCE = 500


class Action(StrEnum):
    """What was done (docs/nomenclature.md lists them)."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    START = "start"
    STOP = "stop"
    KEEP = "keep"
    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"
    CLOSE = "close"
    LOGIN = "login"
    LOGOUT = "logout"
    LOGIN_FAILED = "login failed"
    REVOKE = "revoke"
    SHARE = "share"
    UNSHARE = "unshare"
    TRASH = "trash"
    RESTORE = "restore"
    APPEAR = "appear"
    DISAPPEAR = "disappear"
    CANCEL = "cancel"
    END = "end"
    INVITE = "invite"
    REOPEN = "reopen"


@dataclass(frozen=True)
class Actor:
    """Who acts: a user by e-mail address and id, with the name of the token if it was one; or a part of the platform."""

    name: str
    user_id: str | None = None
    token: str | None = None


# The loop and the jobs act without saying who they are; the web application says it for each request.
_DIRECTOR = Actor("director")
_actor: ContextVar[Actor] = ContextVar("actor", default=_DIRECTOR)


def act_as(name: str, user_id: str | None = None, token: str | None = None) -> None:
    """From here on, in this thread, it is somebody else who acts."""
    _actor.set(Actor(name, user_id, token))


def actor() -> Actor:
    """Who acts now."""
    return _actor.get()


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Within the block a part of the platform acts, such as the reaper."""
    before = _actor.set(Actor(name))
    try:
        yield
    finally:
        _actor.reset(before)


def note(session: Session, action: str, kind: str, subject: str, **about: Any) -> None:
    """Add an entry to the transaction of the act itself: either both are there afterwards, or neither.

    ``about``: ``name`` (what people call the subject), ``project_id``, ``node_id``; all else becomes the entry's data.
    """
    by = actor()
    data = {key: value for key, value in about.items() if key not in ("name", "project_id", "node_id")}
    if by.token is not None:
        data["token"] = by.token
    session.add(
        Entry(
            at=now(),
            actor=by.name[:254],
            actor_id=by.user_id,
            action=str(action),
            kind=kind,
            subject=subject[:200],
            name=str(about.get("name") or "")[:300],
            project_id=about.get("project_id"),
            node_id=about.get("node_id"),
            data=data,
        )
    )


def note_node(session: Session, action: str, node: Node, **data: Any) -> None:
    """An entry about a node."""
    note(session, action, "node", node.id, name=node.name, project_id=node.project_id, node_id=node.id, **data)


def note_observed(session: Session, node: Node) -> None:
    """What the director saw of a node, where it is worth an entry: that it runs, or that it is gone."""
    match node.observed:
        case Observed.RUNNING:
            note_node(session, Action.RUNNING, node, host=node.host)
        case Observed.ABSENT:
            note_node(session, Action.STOPPED, node, reason=node.failure or node.closed_because)


def note_failed_login(session: Session, email: str, ip: str) -> None:
    """An entry about a login that failed; above a bound an hour, nothing. What is no address is not repeated: people
    type their password into the wrong field."""
    recent = select(func.count(Entry.id)).where(Entry.action == Action.LOGIN_FAILED, Entry.at > now() - timedelta(hours=1))
    if (session.scalar(recent) or 0) >= FAILED_LOGINS_AN_HOUR:
        return
    user = session.scalar(select(User).where(User.email == email.lower()))
    address = email.lower() if "@" in email else "(no e-mail address)"
    note(session, Action.LOGIN_FAILED, "user", user.id if user else address, name=address, ip=ip)


def entries(session: Session, limit: int = 100, before: int | None = None, **wanted: Any) -> list[Entry]:
    """The newest entries that match, before an id if given.

    ``wanted``: ``actor``, ``action``, ``kind``, ``subject``, ``project_id``, ``node_id``, and moments ``since`` (inclusive)
    and ``until`` (exclusive); those that are None or not named do not narrow.
    """
    query = _matching(wanted).order_by(Entry.id.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(Entry.id < before)))


def entries_after(session: Session, seen: int, upto: int, **wanted: Any) -> list[Entry]:
    """A bounded number of the oldest entries that match with ``seen`` < id <= ``upto``: an export in pieces."""
    query = _matching(wanted).where(Entry.id > seen, Entry.id <= upto)
    return list(session.scalars(query.order_by(Entry.id).limit(_AT_ONCE)))


def newest_id(session: Session) -> int:
    """Up to where an export goes that begins now."""
    return session.scalar(select(func.max(Entry.id))) or 0


def _matching(wanted: dict[str, Any]) -> Select[Entry]:
    query = select(Entry)
    for name, value in wanted.items():
        match name, value:
            case _, None:
                continue
            case "since", moment:
                query = query.where(Entry.at >= moment)
            case "until", moment:
                query = query.where(Entry.at < moment)
            case _:
                query = query.where(getattr(Entry, name) == value)
    return query


def _refuse(*_: object) -> None:
    raise RuntimeError("the event log is append-only")


# PostgreSQL refuses it for everybody (migration 0002); this is for the other databases, and says so earlier.
event.listen(Entry, "before_update", _refuse)
event.listen(Entry, "before_delete", _refuse)
