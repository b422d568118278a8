"""One director decides: only while the lock is held on the connection that took it."""

import threading
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL

from controlplane import leader
from controlplane.leader import LOCK, Leadership, connecting
from controlplane.loop import run_loop
from tests.unit.conftest import World


class FakeDatabase:
    """Keeps the lock for one connection, as PostgreSQL does."""

    def __init__(self) -> None:
        self.holder: object | None = None
        self.is_away = False

    def connect(self) -> "FakeConnection":
        """A connection."""
        return FakeConnection(self)


class FakeConnection:
    """One session with it."""

    def __init__(self, database: FakeDatabase):
        self._database = database
        self._rows: list[tuple[int]] = []

    def execute(self, query: str, params: Any = None) -> "FakeConnection":
        """Takes the lock, or looks for it."""
        assert params == (LOCK,)
        if self._database.is_away:
            raise psycopg.OperationalError("the connection is closed")
        if "pg_advisory_lock" in query:
            self._database.holder = self
        self._rows = [(int(self._database.holder is self),)]
        return self

    def fetchone(self) -> tuple[int]:
        """The answer."""
        return self._rows[0]


@pytest.fixture
def locks() -> FakeDatabase:
    """A database without a leader."""
    return FakeDatabase()


def test_nobody_leads_without_the_lock(locks: FakeDatabase) -> None:
    leadership = Leadership(locks.connect)
    assert not leadership.holds()
    assert not leadership.is_lost
    leadership.take()
    assert leadership.holds()


@pytest.mark.parametrize("fault", ["gone", "taken"])
def test_a_lock_that_was_lost_stays_lost_and_is_said(locks: FakeDatabase, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    leadership = Leadership(locks.connect)
    leadership.take()
    if fault == "gone":
        locks.is_away = True
    else:
        locks.holder = object()
    assert not leadership.holds()
    assert leadership.is_lost
    locks.is_away = False
    locks.connect().execute("select pg_advisory_lock(%s)", (LOCK,))
    assert not leadership.holds()
    assert [record.message for record in caplog.records if "decides nothing and ends" in record.message]
    assert len(caplog.records) == 1


def test_the_loop_ends_without_a_look_when_another_leads(world: World, locks: FakeDatabase) -> None:
    leadership = Leadership(locks.connect)
    leadership.take()
    locks.holder = None
    world.add_node()
    run_loop(world.reconciler, threading.Event(), leads=leadership.holds)
    assert world.reconciler.looked_at is None
    assert leadership.is_lost


def test_a_vanished_database_is_noticed_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(leader.psycopg, "connect", lambda **options: asked.update(options))
    connecting(URL.create("postgresql+psycopg", "werkbank", "a secret", "postgres", 5432, "werkbank"))()
    assert (asked["host"], asked["password"]) == ("postgres", "a secret")
    assert asked["autocommit"], "a transaction that idles would be in everybody's way"
    assert asked["tcp_user_timeout"] <= 10_000
