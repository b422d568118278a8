"""Sessions with the database, and the bell that rings when something in it changed."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, create_engine, event, func, select
from sqlalchemy.orm import Session, sessionmaker

log = logging.getLogger(__name__)
_CHANNEL = "werkbank"
# What rings for a run begins with this; the loop does not look for it.
_RUN = "run:"
# What begins with this is no news for the loop: who looks at the project hears it alone.
_QUIET = "quiet:"
# How many names of what rang are remembered one by one.
_NAMES = 10_000
_RUNG = "what this transaction has rung for"
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """The way to the rows. One instance in a process; its engine is safe to share between threads."""

    def __init__(self, url: URL | str):
        options: dict[str, Any] = {}
        if "postgresql" in str(url):
            options = {"pool_size": 20, "max_overflow": 20, "pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}
        self.engine: Engine = create_engine(url, **options)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", lambda dbapi, _: dbapi.execute("pragma foreign_keys=on"))
        self.session = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session in a transaction that commits at the end, or changes nothing when an error leaves the block."""
        with self.session.begin() as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema to this version's, under a lock so that replicas do not race."""
        config = _migrations()
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(20_180_531)))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def newest_schema() -> str:
    """The last migration that this code knows, such as `0007`: what the director has brought the database to."""
    return str(ScriptDirectory.from_config(_migrations()).get_current_head())


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def ring(session: Session, project_id: str, *, wakes_loop: bool = True) -> None:
    """Tell every listener, when this transaction commits, that something in a project changed; without ``wakes_loop`` only
    those who wait for this project."""
    name = project_id if wakes_loop else f"{_QUIET}{project_id}"
    if session.get_bind().dialect.name == "postgresql" and is_first_ring(session, name):
        session.execute(select(func.pg_notify(_CHANNEL, json.dumps(name))))


def is_first_ring(session: Session, name: str) -> bool:
    """Whether this transaction has not rung so yet: the database would tell it once, too, but wants to be asked each time."""
    transaction = session.get_transaction() or session.begin()
    of, rung = session.info.get(_RUNG, (None, set[str]()))
    if of is not transaction:
        session.info[_RUNG] = (transaction, rung := set())
    is_first = name not in rung
    rung.add(name)
    return is_first


def run_key(run_id: str) -> str:
    """The name under which a run rings."""
    return f"{_RUN}{run_id}"


def ring_run(session: Session, run_id: str) -> None:
    """Tell those who follow a run, when this transaction commits, that there is news of it."""
    ring(session, run_key(run_id))


class Bell:
    """Listens to `ring` in a thread of its own; whoever waits is woken. A lost connection wakes everybody, too:
    hearing too much costs a look, hearing too little costs the truth."""

    def __init__(self, database: Database):
        self._url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._condition = threading.Condition()
        self._rings: dict[str, int] = {}
        self._total = 0
        threading.Thread(target=self._listen, name="bell", daemon=True).start()

    def wait(self, since: int, timeout: float, project_id: str | None = None) -> int:
        """Wait until something (in this project) rang after count ``since``, or ``timeout`` seconds; the new count."""
        with self._condition:
            self._condition.wait_for(lambda: self.count(project_id) != since, timeout)
            return self.count(project_id)

    def count(self, project_id: str | None = None) -> int:
        """How often it rang so far: in this project (or for this run), or in all projects together."""
        return self._total if project_id is None else self._rings.get(project_id, 0) + self._rings.get("*", 0)

    def strike(self, project_id: str = "*") -> None:
        """Wake those who wait for this project; `*` wakes everybody."""
        with self._condition:
            self._total += not project_id.startswith((_RUN, _QUIET))
            project_id = project_id.removeprefix(_QUIET)
            if len(self._rings) >= _NAMES:
                # Each count grows, so that nobody misses a ring.
                self._rings = {"*": sum(self._rings.values()) + 1}
            self._rings[project_id] = self._rings.get(project_id, 0) + 1
            self._condition.notify_all()

    def _listen(self) -> None:
        pause = threading.Event()
        while True:
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    self.strike()
                    for notice in connection.notifies():
                        self.strike(json.loads(notice.payload))
            except psycopg.Error as error:
                log.warning("The database's bell is out of reach (%s); listening again in a second.", type(error).__name__)
            pause.wait(1)
