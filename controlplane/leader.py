"""Who decides: one director among replicas, by a lock in the database that is held as long as its connection lives."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

import psycopg
from sqlalchemy import URL

log = logging.getLogger(__name__)

LOCK = 20_180_601
# A connection whose other end has vanished is noticed after seconds, not after the system's quarter of an hour.
_OPTIONS = {
    "autocommit": True,
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "werkbank leader",
}
_TAKE = "select pg_advisory_lock(%s)"
# A key of 64 bits is shown in two halves, with 1 in `objsubid`.
_HELD = """
select count(*) from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()
and objsubid = 1 and ((classid::bigint << 32) | objid::bigint) = %s
"""


class Connection(Protocol):
    """What is needed of the database's connection."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """As psycopg has it."""


class Leadership:
    """Taken once in a process's life; when it is lost, the process must end."""

    def __init__(self, connect: Callable[[], Connection]):
        self._connect = connect
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self.is_lost = False

    def take(self) -> None:
        """Wait until no other director holds the lock. Raises what the database raises."""
        connection = self._connect()
        connection.execute(_TAKE, (LOCK,))
        self._connection = connection

    def holds(self) -> bool:
        """Whether this process may decide: the lock is held on the very connection that took it. False stays false."""
        with self._lock:
            if self.is_lost or self._connection is None:
                return False
            why = self._why_lost(self._connection)
            if why is None:
                return True
            self.is_lost = True
        log.critical(
            "The lock of the one director was lost (%s): another may decide by now, so this one decides nothing and ends. "
            "Running nodes stay as they are; the swarm starts it again.",
            why,
        )
        return False

    def _why_lost(self, connection: Connection) -> str | None:
        try:
            (held,) = connection.execute(_HELD, (LOCK,)).fetchone()
        except (psycopg.Error, OSError) as error:
            return f"{type(error).__name__}: its connection is gone"
        return None if held else "the database does not show it"


def connecting(url: URL) -> Callable[[], Connection]:
    """How to reach the PostgreSQL of an engine's URL."""
    where = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    return lambda: psycopg.connect(**where, **_OPTIONS)  # type: ignore[arg-type]
