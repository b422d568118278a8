"""The rules of the event log."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from controlplane import accounts, catalogue, journal
from controlplane.database import Database
from controlplane.errors import NotStartable
from controlplane.model import Node
from controlplane.nodes import change_node, start_node
from controlplane.projects import change_project, remove_project
from controlplane.records import Entry
from tests.support.fakes import FakeRegistry, image
from tests.unit.conftest import Time, World
from tests.unit.test_api import PASSWORD, Visitor, ada, bob, visitors  # noqa: F401  fixtures


def said(database: Database, **wanted: Any) -> list[tuple[str, str, str]]:
    """Who did what to what kind of thing, the oldest first."""
    with database.begin() as session:
        return [(e.actor, e.action, e.kind) for e in reversed(journal.entries(session, 1000, **wanted))]


def test_the_life_of_a_node_can_be_read_with_who_did_it(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    journal.act_as("ada@werkbank.example", world.user_id)
    world.stop(node_id)
    world.start(node_id)
    world.remove(node_id)
    journal.act_as("director")
    actions = [(actor, action) for actor, action, _ in said(world.database, node_id=node_id, kind="node")]
    assert actions == [
        ("director", "add"),
        ("director", "running"),
        ("ada@werkbank.example", "stop"),
        ("ada@werkbank.example", "start"),
        ("ada@werkbank.example", "remove"),
    ]


def test_what_the_director_sees_of_a_node_is_noted_once(world: World) -> None:
    world.adapters.swarm.fates["127.0.0.1:1/simcore/services/dynamic/echo:1.0.0"] = "The host refused to start it."
    node_id = world.add_node()
    world.settle(12)
    entries = said(world.database, node_id=node_id, action="failed")
    assert entries == [("director", "failed", "node")]
    with world.database.begin() as session:
        [failed] = journal.entries(session, action="failed")
        assert failed.data == {"reason": "The host refused to start it."}


def test_an_act_that_is_undone_leaves_no_entry(world: World) -> None:
    before = said(world.database)
    with pytest.raises(RuntimeError), world.database.begin() as session:
        change_project(session, world.project(session), {"name": "Another"})
        raise RuntimeError
    assert said(world.database) == before


def test_a_refused_act_leaves_no_entry(world: World) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        session.get_one(Node, node_id).type = "computational"
    before = said(world.database)
    with pytest.raises(NotStartable), world.database.begin() as session:
        start_node(session, world.project(session), session.get_one(Node, node_id))
    assert said(world.database) == before


def test_moving_a_node_is_not_worth_an_entry_and_renaming_it_is(world: World) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        node = session.get_one(Node, node_id)
        change_node(session, world.project(session), node, {"position": {"x": 5, "y": 6}})
    assert said(world.database, action="change") == []
    with world.database.begin() as session:
        node = session.get_one(Node, node_id)
        change_node(session, world.project(session), node, {"name": "Plate", "inputs": {"size": 3}})
    with world.database.begin() as session:
        [entry] = journal.entries(session, action="change")
        assert (entry.name, entry.data) == ("Plate", {"renamed_from": "Echo", "inputs": ["size"]})


def test_changing_a_project_says_what_and_changing_nothing_says_nothing(world: World) -> None:
    with world.database.begin() as session:
        change_project(session, world.project(session), {"name": "Bone plate study", "links": []})
    assert said(world.database, action="change") == []
    with world.database.begin() as session:
        change_project(session, world.project(session), {"name": "Another", "description": "x"})
        remove_project(session, world.project(session))
    with world.database.begin() as session:
        removed, changed, _ = journal.entries(session, kind="project")
        assert (removed.action, changed.data) == ("remove", {"changed": ["name", "description"]})


def test_images_that_come_change_and_go_are_noted(database: Database) -> None:
    for found in ([image()], [image()], []):
        catalogue.refresh(database, FakeRegistry(found))
    assert [action for _, action, _ in said(database, kind="image")] == ["appear", "change", "disappear"]


def test_within_the_reapers_block_the_reaper_acts_and_afterwards_not(database: Database) -> None:
    with database.begin() as session:
        with journal.acting_as("reaper"):
            journal.note(session, "close", "node", "n1", project_id="p1", node_id="n1", idle="20 s")
        journal.note(session, "change", "node", "n1")
    assert said(database) == [("reaper", "close", "node"), ("director", "change", "node")]


def test_an_entry_is_neither_changed_nor_removed(database: Database) -> None:
    with database.begin() as session:
        journal.note(session, "add", "project", "p1")
    with pytest.raises(RuntimeError, match="append-only"), database.begin() as session:
        journal.entries(session)[0].actor = "somebody else"
    with pytest.raises(RuntimeError, match="append-only"), database.begin() as session:
        session.delete(journal.entries(session)[0])
    assert said(database) == [("director", "add", "project")]


def test_failed_logins_are_noted_up_to_a_bound_an_hour(database: Database, time: Time) -> None:
    with database.begin() as session:
        for _ in range(journal.FAILED_LOGINS_AN_HOUR + 5):
            journal.note_failed_login(session, "eve@werkbank.example", "192.0.2.1")
    assert len(said(database, action="login failed")) == journal.FAILED_LOGINS_AN_HOUR
    time.pass_by(hours=2)
    with database.begin() as session:
        journal.note_failed_login(session, "eve@werkbank.example", "192.0.2.1")
    assert len(said(database, action="login failed")) == journal.FAILED_LOGINS_AN_HOUR + 1


def test_what_was_typed_into_the_wrong_field_is_not_kept(database: Database) -> None:
    with database.begin() as session:
        journal.note_failed_login(session, "my secret password", "192.0.2.1")
    with database.begin() as session:
        [entry] = journal.entries(session)
        assert "secret" not in f"{entry.actor}{entry.subject}{entry.name}{entry.data}"


def test_a_visit_from_login_to_logout_is_noted_with_its_actor(ada: Visitor, database: Database) -> None:  # noqa: F811
    ada.log_in("ada@werkbank.example", "wrong")
    made = ada.post("/tokens", name="automation").json["data"]
    header = {"Authorization": f"Bearer {made['token']}"}
    ada.web.application.test_client().post("/api/v0/projects", json={"name": "x"}, headers=header)
    ada.authentication.delete(f"/api/v0/tokens/{made['id']}", headers={"X-CSRF-Token": ada.csrf})
    ada.post("/auth/logout")
    with database.begin() as session:
        logout, revoke, add, token, wrong = journal.entries(session, 5)
    assert [e.action for e in (logout, revoke, add, token, wrong)] == ["logout", "revoke", "add", "add", "login failed"]
    assert {e.actor for e in (logout, revoke, add, token)} == {"ada@werkbank.example"}
    assert (wrong.actor, wrong.name) == ("nobody", "ada@werkbank.example")
    assert (add.kind, add.data) == ("project", {"token": "automation"})
    assert made["token"] not in f"{token.data}{token.subject}"


def test_one_request_does_not_act_in_the_name_of_the_last_one(ada: Visitor, bob: Visitor, database: Database) -> None:  # noqa: F811
    ada.post("/projects", name="hers")
    bob.log_in("bob@werkbank.example", "wrong")
    with database.begin() as session:
        assert journal.entries(session, 1)[0].actor == "nobody"


def test_the_log_is_filtered_and_paged_for_administrators_alone(ada: Visitor, bob: Visitor) -> None:  # noqa: F811
    for name in "abc":
        bob.post("/projects", name=name)
    assert bob.get("/events").status_code == 403
    page = ada.get("/events?actor=bob@werkbank.example&kind=project&limit=2").json["data"]
    assert [entry["name"] for entry in page] == ["c", "b"]
    rest = ada.get(f"/events?actor=bob@werkbank.example&kind=project&before={page[-1]['id']}").json["data"]
    assert [entry["name"] for entry in rest] == ["a"]
    assert ada.get("/events?since=2999-01-01T00:00:00Z").json["data"] == []
    assert ada.get("/events?until=2000-01-01T00:00:00").json["data"] == []
    assert ada.get("/events?limit=0").status_code == 400


def test_the_export_gives_all_that_match_as_json_lines_the_oldest_first(ada: Visitor, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr(journal, "_AT_ONCE", 2)
    for name in "abcde":
        ada.post("/projects", name=name)
    answer = ada.get("/events?kind=project&format=jsonl&limit=1")
    assert answer.mimetype == "application/x-ndjson"
    assert [json.loads(line)["name"] for line in answer.text.splitlines()] == list("abcde")
    asked = ada.web.get("/api/v0/events?kind=project", headers={"Accept": "application/x-ndjson"})
    assert asked.text == answer.text
    assert ada.web.get("/api/v0/events", headers={"Accept": "*/*"}).mimetype == "application/json"


def test_a_projects_history_is_for_those_who_may_see_it(ada: Visitor, bob: Visitor) -> None:  # noqa: F811
    project, other = (bob.post("/projects", name=name).json["data"]["id"] for name in ("his", "other"))
    bob.post(f"/projects/{project}/nodes", service_key="simcore/services/dynamic/echo", service_version="1.0.0")
    history = bob.get(f"/projects/{project}/history").json["data"]
    assert [(entry["kind"], entry["action"]) for entry in history] == [("node", "add"), ("project", "add")]
    assert len(bob.get(f"/projects/{other}/history").json["data"]) == 1
    assert ada.get(f"/projects/{project}/history").status_code == 404


def test_a_user_is_noted_without_the_password(database: Database) -> None:
    with database.begin() as session:
        accounts.add_user(session, "eve@werkbank.example", PASSWORD)
        [entry] = session.query(Entry).all()
        assert (entry.action, entry.kind, entry.name) == ("add", "user", "eve@werkbank.example")
        assert PASSWORD not in str(entry.data)


def test_every_action_is_explained() -> None:
    page = Path("docs/runs.md").read_text().partition("## The event log")[2]
    assert {str(action) for action in journal.Action} <= set(re.findall(r"`([a-z ]+)`", page))
