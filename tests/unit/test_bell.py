"""The bell: who is woken by what, and how often a transaction rings."""

import threading

import pytest

from controlplane.database import Bell, Database, is_first_ring, run_key


def silent() -> Bell:
    """One that listens to no database."""
    bell = Bell.__new__(Bell)
    bell._condition, bell._rings, bell._total = threading.Condition(), {}, 0
    return bell


def test_a_run_that_rings_wakes_its_followers_and_not_the_loop() -> None:
    bell = silent()
    bell.strike(run_key("r1"))
    assert (bell.count(), bell.count(run_key("r1")), bell.count(run_key("r2"))) == (0, 1, 0)
    bell.strike()
    assert (bell.count(), bell.count(run_key("r2"))) == (1, 1)


def test_a_transaction_rings_once_for_each_and_the_next_one_again(database: Database) -> None:
    with database.session() as session:
        assert [is_first_ring(session, name) for name in ("a", "a", "quiet:a", "b", "a")] == [True, False, True, True, False]
        session.commit()
        assert is_first_ring(session, "a")
        session.rollback()
        assert is_first_ring(session, "a")


def test_what_rings_quietly_wakes_its_project_and_not_the_loop() -> None:
    bell = silent()
    bell.strike("quiet:p1")
    assert (bell.count(), bell.count("p1"), bell.count("p2")) == (0, 1, 0)
    bell.strike("p1")
    assert (bell.count(), bell.count("p1")) == (1, 2)


def test_a_bell_that_forgets_names_makes_nobody_miss_a_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controlplane.database._NAMES", 3)
    bell = silent()
    for number in range(20):
        name = f"run:{number % 5}"
        before = {f"run:{n}": bell.count(f"run:{n}") for n in range(5)}
        bell.strike(name)
        assert bell.count(name) > before[name]
        assert all(bell.count(other) >= count for other, count in before.items())
        assert len(bell._rings) <= 3
