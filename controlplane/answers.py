"""Makes the gateways forget who may open which page, as soon as a right to it has ended.

A gateway keeps what authentication answered for a moment. Whatever ends a right is seen here, where every transaction
passes, so that no verb has to think of it. When the transaction is committed, and before anybody hears of it, the
gateways are told; one that cannot be told forgets by itself within 6 s.
"""

import http.client
import logging
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from controlplane.database import Database
from controlplane.model import AccessToken, LoginSession, Node, Observed, Project, User
from controlplane.shares import Share

log = logging.getLogger(__name__)
_PATIENCE = 1.0
_ENDED = "a right has ended"
# What the answer rests on: rows whose removal ends a right, and the columns whose change may.
_WATCHED: dict[type, tuple[str, ...]] = {
    LoginSession: ("secret_hash", "user_id", "expires_at"),
    AccessToken: ("secret_hash", "user_id"),
    User: ("closed_at",),
    Project: ("owner_id", "trashed_at", "removed_at"),
    Share: ("role",),
    Node: ("desired", "observed", "failure", "route", "port", "project_id"),
}


def watch(database: Database, forget: Callable[[], None]) -> Database:
    """The same database; from now on each transaction of this process that ended a right calls ``forget`` after it."""

    def tell(session: Session) -> None:
        if session.info.pop(_ENDED, False):
            forget()

    event.listen(database.session, "before_flush", _see_rows)
    event.listen(database.session, "do_orm_execute", _see_statement)
    event.listen(database.session, "after_commit", tell)
    event.listen(database.session, "after_rollback", lambda session: session.info.pop(_ENDED, None))
    return database


def tell_gateways(url: str) -> Callable[[], None]:
    """How the gateways at ``url`` are told to forget: all to which its name leads."""
    address = urlsplit(url)
    host, port = str(address.hostname), address.port or 80

    def forget() -> None:
        try:
            found = {info[4][0] for info in socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)}
        except OSError as error:
            _warn(host, error)
            return
        for each in found:
            _tell(str(each), port)

    return forget


def _tell(host: str, port: int) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("POST", "/forget")
        if (status := connection.getresponse().status) != http.client.NO_CONTENT:
            _warn(host, status)
    except (OSError, http.client.HTTPException) as error:
        _warn(host, error)
    finally:
        connection.close()


def _warn(host: str, why: object) -> None:
    log.warning("The gateway at %s was not told that a right has ended (%s); it forgets by itself within 6 s.", host, why)


def _see_rows(session: Session, *_: object) -> None:
    if any(type(row) in _WATCHED for row in session.deleted) or any(_ends_a_right(row) for row in session.dirty):
        session.info[_ENDED] = True


def _see_statement(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if (state.is_update or state.is_delete) and mapper is not None and mapper.class_ in _WATCHED:
        state.session.info[_ENDED] = True


def _ends_a_right(row: object) -> bool:
    names = _WATCHED.get(type(row), ())
    return any(inspect(row).attrs[name].history.has_changes() for name in names) and _was_open(row)


def _was_open(row: object) -> bool:
    """Whether anybody could have had a page because of it: no page of a node that did not run."""
    if not isinstance(row, Node):
        return True
    history = inspect(row).attrs.observed.history
    before = history.deleted or history.unchanged
    return not before or before[0] == Observed.RUNNING
