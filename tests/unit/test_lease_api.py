"""Leases and the reaper's decisions over HTTP: shown, warned about, kept; and the requests that keep a page."""

import json
from datetime import timedelta
from typing import Any

import pytest

from controlplane import clock, reaps
from controlplane.database import Database
from controlplane.model import Desired, Node, Observed, Presence
from controlplane.settings import Settings
from tests.unit.conftest import Time
from tests.unit.test_api import NODE, Visitor, ada, bob, visitors
from webapp.director import Outside
from webapp.director import create_app as create_director

__all__ = ["ada", "bob", "visitors"]


@pytest.fixture
def node(ada: Visitor) -> Any:
    """A node of Ada's that starts."""
    project = ada.post("/projects", name="Bone plate study").json["data"]
    return ada.post(f"/projects/{project['id']}/nodes", **NODE).json["data"]


def path(node: Any) -> str:
    """Where the node is."""
    return f"/projects/{node['project_id']}/nodes/{node['id']}"


def change(database: Database, node: Any, **values: object) -> None:
    """Write into its row."""
    with database.begin() as session:
        for name, value in values.items():
            setattr(session.get_one(Node, node["id"]), name, value)


def test_a_node_shows_its_lease_and_the_dashboard_warns_before_it_ends(
    ada: Visitor, node: Any, database: Database, time: Time
) -> None:
    lease = node["lease"]
    assert (lease["grace_seconds"], lease["keep_until"], lease["held_by"], lease["is_ending"]) == (120, None, None, False)
    assert ada.get("/projects").json["data"][0]["ending_at"] is None
    time.pass_by(seconds=70)
    shown = ada.get(path(node)).json["data"]["lease"]
    assert shown == lease | {"is_ending": True}
    assert ada.get("/projects").json["data"][0]["ending_at"] == lease["expires_at"]
    ada.post(f"/projects/{node['project_id']}/presence", tab="tab-1")
    assert ada.get(path(node)).json["data"]["lease"]["held_by"] == "tab"
    assert ada.get("/projects").json["data"][0]["ending_at"] is None


def test_a_computation_is_shown_as_what_holds_the_node(ada: Visitor, node: Any, database: Database, time: Time) -> None:
    time.pass_by(seconds=300)
    change(database, node, activity={"paths": ["x"], "format": "jupyter"}, asked_at=clock.now(), is_busy=True)
    lease = ada.get(f"/projects/{node['project_id']}").json["data"]["nodes"][0]["lease"]
    assert (lease["held_by"], lease["expires_at"], lease["is_ending"]) == ("busy", None, False)


def test_a_user_keeps_a_node_and_gives_it_back(ada: Visitor, node: Any) -> None:
    until = (clock.now() + timedelta(days=2)).replace(microsecond=0)
    kept = ada.post(f"{path(node)}/keep", until=until.isoformat()).json["data"]["lease"]
    assert kept["keep_until"] == kept["expires_at"] == until.isoformat()
    assert ada.post(f"{path(node)}/keep", until=None).json["data"]["lease"]["keep_until"] is None


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2026-01-01T00:00:00", "tomorrow", 7])
def test_a_moment_that_cannot_be_is_refused(ada: Visitor, node: Any, until: Any) -> None:
    assert ada.post(f"{path(node)}/keep", until=until).status_code == 400
    assert ada.post(f"{path(node)}/keep").status_code == 400


def test_a_stopped_node_cannot_be_kept_and_a_strangers_is_not_there(
    ada: Visitor, bob: Visitor, node: Any, database: Database
) -> None:
    until = (clock.now() + timedelta(hours=1)).isoformat()
    assert bob.post(f"{path(node)}/keep", until=until).status_code == 404
    change(database, node, desired=Desired.STOPPED)
    assert ada.post(f"{path(node)}/keep", until=until).status_code == 409


def test_decisions_are_shown_to_who_sees_the_project_and_all_to_administrators(
    ada: Visitor, bob: Visitor, node: Any, database: Database
) -> None:
    with database.begin() as session:
        for number in range(3):
            of = {"node_id": node["id"], "project_id": node["project_id"]}
            reaps.note(session, reaps.NODE, "Echo", f"Closed, {number}.", {"last_tab_at": clock.now()}, **of)
        reaps.note(session, reaps.NETWORK, "unit_project_1", "Removed.", {})
    mine = ada.get(f"/projects/{node['project_id']}/reaps").json["data"]
    assert [row["sentence"] for row in mine] == ["Closed, 2.", "Closed, 1.", "Closed, 0."]
    assert mine[0]["evidence"]["last_tab_at"].endswith("+00:00")
    assert [row["kind"] for row in ada.get("/reaps?limit=2").json["data"]] == ["network", "node"]
    older = ada.get(f"/projects/{node['project_id']}/reaps?before={mine[1]['id']}").json["data"]
    assert older == mine[2:]
    assert bob.get(f"/projects/{node['project_id']}/reaps").status_code == 404
    assert bob.get("/reaps").status_code == 403
    assert [ada.get(f"/reaps?{query}").status_code for query in ("limit=0", "before=0", "limit=x")] == [400] * 3


def test_a_request_to_the_page_is_a_sign_of_life_noted_once_in_eight_seconds(
    ada: Visitor, bob: Visitor, node: Any, database: Database
) -> None:
    def ask(visitor: Visitor) -> int:
        with database.begin() as session:
            uri = f"/x/{session.get_one(Node, node['id']).route}/lab"
        return visitor.authentication.get("/gate/node", headers={"X-Original-URI": uri}).status_code

    def used() -> Any:
        with database.begin() as session:
            return session.get_one(Node, node["id"]).used_at

    assert (ask(ada), used()) == (403, None)
    change(database, node, observed=Observed.RUNNING, port=8888)
    assert (ask(bob), used()) == (403, None)
    assert ask(ada) == 200
    first = used()
    assert first is not None
    assert (ask(ada), used()) == (200, first)
    change(database, node, used_at=first - timedelta(seconds=9))
    assert ask(ada) == 200
    assert used() >= first


def test_the_stream_tells_of_a_lease_that_changes_though_nothing_else_does(
    ada: Visitor, node: Any, database: Database, time: Time
) -> None:
    answer = ada.web.get(f"/api/v0/projects/{node['project_id']}/events?tab=one", buffered=False)
    frames = iter(answer.response)
    assert "retry" in next(frames).decode()
    assert '"held_by": "tab"' in next(frames).decode()
    change(database, node, keep_until=clock.now() + timedelta(seconds=60))
    assert _leases(next(frames).decode())[0]["keep_until"] is not None
    time.pass_by(seconds=61)
    assert _leases(next(frames).decode())[0]["keep_until"] is None
    answer.close()
    with database.begin() as session:
        assert session.query(Presence).one().tab == "one"


def test_a_stream_tells_what_differs_and_notes_its_tab_now_and_then_however_often_it_looks(
    ada: Visitor, node: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = iter(ada.web.get(f"/api/v0/projects/{node['project_id']}/events?tab=one", buffered=False).response)
    next(frames), next(frames)
    with database.begin() as session:
        session.query(Presence).delete()
    assert b'event: here\ndata: {"tabs": 0' in next(frames)
    assert next(frames) == b": still here\n\n"
    with database.begin() as session:
        assert session.query(Presence).count() == 0
    monkeypatch.setattr("webapp.events.views._PULSE", 0.0)
    next(frames)
    with database.begin() as session:
        assert session.query(Presence).one().tab == "one"


def _leases(text: str) -> list[Any]:
    """The leases of the nodes in a frame."""
    events = [part.split("\ndata: ", 1) for part in text.split("\n\n") if part]
    return [json.loads(data)["lease"] for kind, data in events if kind == "event: node"]


def test_the_directors_health_tells_of_its_reaper(database: Database, settings: Settings) -> None:
    said: list[str | None] = [None]
    more = {"reaper": {"vetoes": [{"since": "2026-01-01T00:00:00+00:00", "why": "web could not hear"}]}}
    client = create_director(
        settings, database, Outside(clock.now, reaper_is_wrong=lambda: said[0], reaping=lambda: more)
    ).test_client()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["data"]["reaper"]) == (200, more["reaper"])
    said[0] = "The reaper has not passed for more than 60 s."
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "has not passed" in answer.json["error"]["message"]
