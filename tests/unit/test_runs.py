"""Runs: recorded without a gap, followed from any point, canceled, forgotten in time."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from controlplane import journal, runs
from controlplane.database import Database
from controlplane.errors import Conflict, RunNotFound
from controlplane.model import Node, Run, RunEvent, RunState
from controlplane.ports import Event, Outcome
from controlplane.reconcile import AFTER_CANCEL
from controlplane.runs import Recorder
from tests.unit.conftest import Time, World
from tests.unit.test_api import Visitor, ada, bob, visitors  # noqa: F401  fixtures


class Flaky(Database):
    """A database that is away now and then: before a transaction, or at its commit, with or without having committed."""

    def __init__(self, real: Database):
        self.engine, self.session = real.engine, real.session
        self.faults: list[str] = []

    def begin(self):  # type: ignore[no-untyped-def]
        """See ``Database.begin``."""
        return self._begin(self.faults.pop(0) if self.faults else "none")

    def _begin(self, fault: str):  # type: ignore[no-untyped-def]
        from contextlib import contextmanager

        away = OperationalError("select 1", {}, Exception("the connection is lost"))

        @contextmanager
        def block():  # type: ignore[no-untyped-def]
            if fault == "before":
                raise away
            with self.session.begin() as session:
                yield session
                if fault == "undone":
                    raise away
            if fault == "done":
                raise away

        return block()


def record(database: Database, inputs: Any = None, node_ids: list[str] | None = None, secrets: tuple[str, ...] = ()) -> Recorder:
    """A run that has begun."""
    return Recorder(database, "node_apply.yml", node_ids or [], inputs or {}, secrets)


def stored(database: Database, run_id: str) -> list[RunEvent]:
    """Its events."""
    with database.begin() as session:
        return runs.events_after(session, runs.get_run(session, run_id), 0)


def run_of(database: Database, run_id: str) -> Run:
    """Its row."""
    with database.begin() as session:
        return runs.get_run(session, run_id)


def ended(database: Database, count: int = 1) -> list[str]:
    """Runs that have ended, the oldest first."""
    made = []
    for _ in range(count):
        recorder = record(database)
        recorder.note(Event("task", task="Something is there"))
        recorder.close(Outcome(True))
        made.append(recorder.id)
    return made


# Recording ----------------------------------------------------------------------------------------------------------


@effort(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from(["none", "before", "undone", "done"]), max_size=20), count=st.integers(0, 12))
def test_events_have_no_gap_and_none_is_lost_whenever_the_database_is_away(
    database: Database, faults: list[str], count: int
) -> None:
    flaky = Flaky(database)
    recorder = record(flaky)
    flaky.faults = list(faults)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runs, "_PAUSE", 0.0)
        patched.setattr(runs, "_LONGEST_PAUSE", 0.0)
        for number in range(count):
            recorder.note(Event("ok", task=f"Task {number}"))
            recorder.is_cancel_asked()
        recorder.close(Outcome(True))
    events = stored(database, recorder.id)
    assert [event.seq for event in events] == list(range(1, count + 1))
    assert [event.task for event in events] == [f"Task {number}" for number in range(count)]
    assert run_of(database, recorder.id).state == RunState.SUCCEEDED
    with database.begin() as session:
        assert len(journal.entries(session, subject=recorder.id, action="end")) == 1


def test_events_that_come_together_are_written_together_and_what_people_wait_for_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_TOGETHER", 60.0)
    recorder = record(database)
    recorder._written_at = -60.0
    for _ in range(3):
        recorder.note(Event("ok"))
    assert len(stored(database, recorder.id)) == 1
    recorder.note(Event("task"), lambda session: None)
    assert len(stored(database, recorder.id)) == 4
    recorder.note(Event("ok"))
    recorder.is_cancel_asked()
    assert len(stored(database, recorder.id)) == 5


def test_while_the_database_is_away_an_event_does_not_wait_for_it(database: Database) -> None:
    flaky = Flaky(database)
    recorder = record(flaky)
    flaky.faults = ["before"]
    for _ in range(5):
        recorder.note(Event("ok"))
    assert stored(database, recorder.id) == []
    recorder.close(Outcome(True))
    assert len(stored(database, recorder.id)) == 5


def test_a_run_that_cannot_ask_is_not_canceled(database: Database) -> None:
    flaky = Flaky(database)
    recorder = record(flaky)
    flaky.faults = ["before"]
    assert not recorder.is_cancel_asked()


def test_neither_inputs_nor_messages_keep_a_secret(database: Database) -> None:
    inputs = {"node_service_present": [{"env": {"API_TOKEN": "abc-123", "PLAIN": "x"}}]}
    recorder = record(database, inputs, secrets=("deployments",))
    recorder.note(Event("failed", message="abc-123 and deployments were refused"))
    recorder.close(Outcome(False, "abc-123 was refused"))
    run = run_of(database, recorder.id)
    assert run.inputs == {"node_service_present": [{"env": {"API_TOKEN": "<secret 1>", "PLAIN": "x"}}]}
    assert stored(database, run.id)[0].message == "<secret 1> and <secret 2> were refused"
    assert run.message == "<secret 1> was refused"


def test_a_long_text_is_kept_from_its_beginning_and_its_end(database: Database) -> None:
    recorder = record(database)
    recorder.note(Event("failed", task="t" * 999, host="h" * 999, item="i" * 99, message="first" + "x" * 10**6 + "\0last"))
    [event] = stored(database, recorder.id)
    assert event.message is not None
    assert event.message.startswith("first")
    assert event.message.endswith("last")
    assert len(event.message) < runs.MESSAGE_LIMIT + 100
    assert (len(event.task or ""), len(event.host or ""), len(event.item or "")) == (300, 200, 36)


def test_an_event_tells_its_node_and_how_long_it_took(database: Database) -> None:
    recorder = record(database)
    recorder.note(Event("item ok", item="n1", duration=0.25))
    [event] = stored(database, recorder.id)
    assert (event.item, event.duration) == ("n1", 0.25)


def test_a_run_that_a_crash_cut_off_is_over_with_a_sentence(database: Database) -> None:
    recorder = record(database)
    recorder.note(Event("task", task="Something is there"))
    with database.begin() as session:
        runs.close_interrupted(session)
    run = run_of(database, recorder.id)
    assert (run.state, run.message) == ("canceled", runs.INTERRUPTED)
    assert run.duration is not None
    assert len(stored(database, run.id)) == 1


def test_a_run_that_has_ended_is_not_interrupted_afterwards(database: Database) -> None:
    [run_id] = ended(database)
    with database.begin() as session:
        runs.close_interrupted(session)
    assert run_of(database, run_id).state == "succeeded"


def test_a_provisioner_that_breaks_leaves_a_run_with_an_end(world: World) -> None:
    world.adapters.provisioner.on_the_way = lambda: 1 / 0
    world.add_node()
    world.reconciler.look()
    world.reconciler.join()
    with world.database.begin() as session:
        [run] = runs.list_runs(session)
        assert (run.state, run.message) == ("failed", "The run could not be carried out; the director's log has the details.")


# Canceling ----------------------------------------------------------------------------------------------------------


def cancel_all(world: World) -> None:
    """An administrator cancels what runs."""
    with world.database.begin() as session:
        for run in runs.list_runs(session, state="running"):
            runs.ask_cancel(session, run)


def test_a_canceled_start_is_no_attempt_says_so_and_is_made_again_later(world: World, time: Time) -> None:
    world.adapters.provisioner.on_the_way = lambda: cancel_all(world)
    node_id = world.add_node()
    world.settle()
    node = world.node(node_id)
    assert (node.state, node.attempts, node.failure) == ("starting", 0, None)
    assert "canceled" in (node.step or "")
    assert len(world.adapters.provisioner.orders) == 1
    with world.database.begin() as session:
        [run] = runs.list_runs(session, node_id=node_id)
        assert (run.state, run.message) == ("canceled", runs.CANCELED)
    world.adapters.provisioner.on_the_way = lambda: None
    time.pass_by(seconds=AFTER_CANCEL.seconds + 1)
    world.settle()
    assert world.node(node_id).state == "running"


def test_a_canceled_node_can_be_closed_at_once(world: World) -> None:
    world.adapters.provisioner.on_the_way = lambda: cancel_all(world)
    node_id = world.add_node()
    world.settle()
    world.stop(node_id)
    world.settle()
    assert world.node(node_id).state == "stopped"


def test_asking_twice_is_asking_once_and_an_ended_run_cannot_be_canceled(database: Database) -> None:
    recorder = record(database)
    assert not recorder.is_cancel_asked()
    with database.begin() as session:
        asked_at = runs.ask_cancel(session, runs.get_run(session, recorder.id)).cancel_asked_at
    with database.begin() as session:
        assert runs.ask_cancel(session, runs.get_run(session, recorder.id)).cancel_asked_at == asked_at
        assert len(journal.entries(session, action="cancel")) == 1
    assert recorder.is_cancel_asked()
    recorder.close(Outcome(False, is_canceled=True))
    with pytest.raises(Conflict, match="ended already"), database.begin() as session:
        runs.ask_cancel(session, runs.get_run(session, recorder.id))


def test_canceling_is_for_administrators_and_is_accepted_not_awaited(ada: Visitor, bob: Visitor, database: Database) -> None:  # noqa: F811
    recorder = record(database)
    assert bob.post(f"/runs/{recorder.id}/cancel").status_code == 403
    answer = ada.post(f"/runs/{recorder.id}/cancel")
    assert (answer.status_code, answer.json["data"]["state"]) == (202, "running")
    assert answer.json["data"]["cancel_asked_at"]
    assert recorder.is_cancel_asked()
    recorder.close(Outcome(True))
    assert ada.post(f"/runs/{recorder.id}/cancel").status_code == 409


# Keeping ------------------------------------------------------------------------------------------------------------


def test_runs_are_forgotten_by_age(database: Database, time: Time) -> None:
    [old] = ended(database)
    time.pass_by(days=15)
    [young] = ended(database)
    assert runs.forget_old(database, timedelta(days=14), 100) == 1
    assert run_of(database, young).state == "succeeded"
    with pytest.raises(RunNotFound):
        run_of(database, old)
    with database.begin() as session:
        assert session.query(RunEvent).filter_by(run_id=old).count() == 0


def test_runs_are_forgotten_by_count_the_oldest_first_in_pieces(database: Database, time: Time, monkeypatch) -> None:
    monkeypatch.setattr(runs, "_FORGET_AT_ONCE", 2)
    made = []
    for _ in range(8):
        time.pass_by(seconds=1)
        made += ended(database)
    assert runs.forget_old(database, timedelta(days=14), 3) == 5
    with database.begin() as session:
        assert [run.id for run in runs.list_runs(session)] == made[:-4:-1]
    assert runs.forget_old(database, timedelta(days=14), 3) == 0


def test_a_run_under_way_and_one_that_explains_a_failure_are_kept(world: World, time: Time) -> None:
    node_id = world.add_node()
    world.settle()
    under_way = record(world.database)
    with world.database.begin() as session:
        node = session.get_one(Node, node_id)
        node.failure, explains = "It failed.", node.run_id
    time.pass_by(days=100)
    assert runs.forget_old(world.database, timedelta(days=14), 100) == 0
    with world.database.begin() as session:
        session.get_one(Node, node_id).failure = None
    assert runs.forget_old(world.database, timedelta(days=14), 100) == 1
    assert world.node(node_id).run_id is None
    assert explains
    assert run_of(world.database, under_way.id).state == "running"


# Reading ------------------------------------------------------------------------------------------------------------


def test_runs_are_filtered_and_paged(ada: Visitor, database: Database, time: Time) -> None:  # noqa: F811
    made = []
    for number in range(5):
        time.pass_by(seconds=1)
        recorder = record(database, node_ids=[f"n{number % 2}"])
        recorder.close(Outcome(number != 4))
        made.append(recorder.id)
    page = [run["id"] for run in ada.get("/runs?limit=2").json["data"]]
    rest = [run["id"] for run in ada.get(f"/runs?before={page[-1]}").json["data"]]
    assert page + rest == made[::-1]
    assert [run["id"] for run in ada.get("/runs?state=failed").json["data"]] == [made[4]]
    assert [run["id"] for run in ada.get("/runs?node_id=n1").json["data"]] == [made[3], made[1]]
    assert ada.get("/runs?node_id=n").json["data"] == []
    assert ada.get("/runs?node_id=%25").json["data"] == []
    assert ada.get("/runs?before=unknown").status_code == 404
    assert ada.get("/runs?state=nonsense").status_code == 400


def test_a_run_says_how_to_repeat_it_and_which_secrets_to_supply(ada: Visitor, bob: Visitor, database: Database) -> None:  # noqa: F811
    recorder = record(database, {"env": {"API_TOKEN": "abc-123", "TEMPLATE": "{{ 1 + 1 }}"}})
    run = ada.get(f"/runs/{recorder.id}").json["data"]
    assert run["command"] == "WERKBANK_SECRET_1=... ansible-playbook playbooks/node_apply.yml -e @inputs.json"
    assert run["secrets"] == [{"variable": "WERKBANK_SECRET_1", "places": ["env.API_TOKEN"]}]
    assert run["duration"] is None
    file = ada.get(f"/runs/{recorder.id}/inputs.json")
    assert file.headers["Content-Disposition"] == 'attachment; filename="inputs.json"'
    inputs = json.loads(file.text)
    assert "WERKBANK_SECRET_1" in inputs["env"]["API_TOKEN"]
    assert inputs["env"]["TEMPLATE"] == {"__ansible_unsafe": "{{ 1 + 1 }}"}
    assert "abc-123" not in file.text
    assert bob.get(f"/runs/{recorder.id}/inputs.json").status_code == 403


def stream(visitor: Visitor, run_id: str, query: str = "stream=1", **headers: str) -> list[dict[str, Any]]:
    """All frames of a stream until it ends: id, event and data."""
    text = visitor.web.get(f"/api/v0/runs/{run_id}/events?{query}", headers=headers).text
    frames = []
    for frame in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
        if "event" in lines:
            frames.append({"id": lines.get("id"), "event": lines["event"], "data": json.loads(lines["data"])})
    return frames


@pytest.mark.parametrize("seen", [0, 1, 3, 7])
def test_a_run_is_followed_from_any_point_and_the_stream_ends_with_it(ada: Visitor, database: Database, seen: int) -> None:  # noqa: F811
    recorder = record(database)
    for number in range(7):
        recorder.note(Event("ok", task=f"Task {number + 1}"))
    recorder.close(Outcome(True))
    frames = stream(ada, recorder.id, f"stream=1&after={seen}")
    assert [frame["id"] for frame in frames[:-1]] == [str(number) for number in range(seen + 1, 8)]
    assert frames[-1]["event"] == "run"
    assert frames[-1]["data"]["state"] == "succeeded"
    asked = {"Accept": "text/event-stream", "Last-Event-ID": str(seen)}
    assert stream(ada, recorder.id, "", **asked) == frames
    listed = ada.get(f"/runs/{recorder.id}/events?after={seen}").json["data"]
    assert listed == [frame["data"] for frame in frames[:-1]]


def test_a_stream_goes_on_while_the_run_does_and_in_pieces(ada: Visitor, database: Database, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr("webapp.runs.stream._AT_ONCE", 2)
    recorder = record(database)
    for _ in range(4):
        recorder.note(Event("ok"))
    recorder.is_cancel_asked()
    answer = ada.web.get(f"/api/v0/runs/{recorder.id}/events?stream=1", buffered=False)
    told = iter(answer.response)
    assert next(told) == b"retry: 2000\n\n"
    assert [next(told).count(b"event: run_event") for _ in range(3)] == [2, 2, 0]
    recorder.note(Event("ok"))
    recorder.close(Outcome(False, "It failed."))
    assert b"id: 5\n" in next(told)
    assert b"It failed." in next(told)
    assert list(told) == []


def test_a_stream_ends_with_the_login_that_opened_it(ada: Visitor, database: Database) -> None:  # noqa: F811
    recorder = record(database)
    told = iter(ada.web.get(f"/api/v0/runs/{recorder.id}/events?stream=1", buffered=False).response)
    next(told)
    next(told)
    ada.post("/auth/logout")
    assert list(told) == []


def test_a_stream_is_for_administrators_and_its_point_must_be_one(ada: Visitor, bob: Visitor, database: Database) -> None:  # noqa: F811
    [run_id] = ended(database)
    assert bob.get(f"/runs/{run_id}/events?stream=1").status_code == 403
    path = f"/api/v0/runs/{run_id}/events?stream=1"
    assert ada.web.get(path, headers={"Last-Event-ID": "x"}).status_code == 400
    assert ada.get("/runs/unknown/events?stream=1").status_code == 404
