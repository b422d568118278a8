"""The HTTP API: envelopes, logins, who may see what."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from controlplane import accounts, catalogue
from controlplane.clock import now
from controlplane.database import Database
from controlplane.model import Node, Observed
from controlplane.quotas import Quota
from controlplane.settings import Settings
from tests.support.fakes import FakeRegistry, image
from tests.support.openapi import DOCUMENTS
from webapp.app import create_authentication, create_web
from webapp.asking import Transport
from webapp.carrying import Carrying
from webapp.director import Outside
from webapp.director import create_app as create_director
from webapp.identity import COOKIE

PASSWORD = "a good password"


class SilentBell:
    """Nobody rings."""

    def count(self, *_: object) -> int:
        """Never."""
        return 0

    def wait(self, *_: object) -> int:
        """Not long."""
        return 0


def beside(director: Flask) -> Transport:
    """A director in the same process."""
    http = director.test_client()

    def send(path: str, body: Any, _: float) -> bytes:
        return (http.get(path) if body is None else http.post(path, json=body)).data

    return send


class Visitor:
    """Somebody with a browser, at both applications."""

    def __init__(self, database: Database, settings: Settings, director: Transport | None = None, carry: Carrying | None = None):
        self.authentication = create_authentication(settings, database).test_client()
        self.web = create_web(settings, database, SilentBell(), director, carry).test_client()  # type: ignore[arg-type]
        self.csrf = ""

    def log_in(self, email: str, password: str = PASSWORD) -> Any:
        """Log in at one, carry the cookie to the other."""
        answer = self.authentication.post("/api/v0/auth/login", json={"email": email, "password": password})
        if answer.status_code == 200:
            self.csrf = answer.json["data"]["csrf_token"]
            cookie = self.authentication.get_cookie(COOKIE)
            assert cookie is not None
            self.web.set_cookie(COOKIE, cookie.value)
        return answer

    def post(self, path: str, **body: Any) -> Any:
        """A change with the page's token."""
        return self._client(path).post(f"/api/v0{path}", json=body, headers={"X-CSRF-Token": self.csrf})

    def get(self, path: str) -> Any:
        """A look."""
        return self._client(path).get(f"/api/v0{path}")

    def change(self, path: str, **body: Any) -> Any:
        """A change of something that is there."""
        return self._client(path).patch(f"/api/v0{path}", json=body, headers={"X-CSRF-Token": self.csrf})

    def delete(self, path: str) -> Any:
        """Away with it."""
        return self._client(path).delete(f"/api/v0{path}", headers={"X-CSRF-Token": self.csrf})

    def _client(self, path: str) -> FlaskClient:
        """The application that the gateway would choose."""
        return self.authentication if path.startswith(("/auth/", "/tokens", "/users")) else self.web


@pytest.fixture
def visitors(database: Database, settings: Settings) -> tuple[Visitor, Visitor]:
    """Ada, an administrator, and Bob; both have logged in."""
    with database.begin() as session:
        accounts.add_user(session, "ada@werkbank.example", PASSWORD, role="admin")
        accounts.add_user(session, "bob@werkbank.example", PASSWORD)
    catalogue.refresh(database, FakeRegistry([image()]))
    (settings.client_dir / "index.html").write_text("<!doctype html>the page")
    ada, bob = Visitor(database, settings), Visitor(database, settings)
    assert ada.log_in("ada@werkbank.example").status_code == 200
    assert bob.log_in("bob@werkbank.example").status_code == 200
    return ada, bob


@pytest.fixture
def ada(visitors: tuple[Visitor, Visitor]) -> Visitor:
    """The administrator."""
    return visitors[0]


@pytest.fixture
def bob(visitors: tuple[Visitor, Visitor]) -> Visitor:
    """The user."""
    return visitors[1]


NODE = {"service_key": "simcore/services/dynamic/echo", "service_version": "1.0.0"}


@pytest.mark.parametrize("kept", DOCUMENTS, ids=lambda path: path.stem)
def test_the_openapi_document_is_valid_and_the_one_in_docs(kept: Path) -> None:
    document = DOCUMENTS[kept]()
    validate(document)
    assert json.loads(kept.read_text()) == json.loads(json.dumps(document)), "run `make openapi`"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(ada: Visitor) -> None:
    header = ada.log_in("ada@werkbank.example").headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_under_tls_the_cookie_is_secure(ada: Visitor) -> None:
    answer = ada.authentication.post(
        "/api/v0/auth/login",
        json={"email": "ada@werkbank.example", "password": PASSWORD},
        headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "lab"},
    )
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("wanted", [True, False])
def test_where_people_come_by_tls_alone_the_cookie_never_goes_without(
    visitors: tuple[Visitor, Visitor], database: Database, settings: Settings, wanted: bool
) -> None:
    person = Visitor(database, settings.model_copy(update={"secure_cookies": wanted}))
    set_by_login = person.log_in("ada@werkbank.example").headers["Set-Cookie"]
    assert ("Secure" in set_by_login) is wanted


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(ada: Visitor) -> None:
    wrong, unknown = ada.log_in("ada@werkbank.example", "wrong"), ada.log_in("eve@werkbank.example", "wrong")
    assert (wrong.status_code, wrong.json) == (unknown.status_code, unknown.json)
    assert wrong.json["error"]["errors"] == [{"code": "WrongLogin"}]


def test_guessing_is_slowed_down_and_says_when_to_come_back(ada: Visitor) -> None:
    codes = [ada.log_in("ada@werkbank.example", "wrong").status_code for _ in range(12)]
    assert codes[:5] == [401] * 5
    last = ada.log_in("ada@werkbank.example", "wrong")
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0
    assert "Too many" in last.json["error"]["message"]


def test_a_change_without_the_pages_token_changes_nothing(ada: Visitor) -> None:
    answer = ada.web.post("/api/v0/projects", json={"name": "x"})
    assert (answer.status_code, answer.json["error"]["errors"]) == (403, [{"code": "CsrfMismatch"}])
    assert ada.get("/projects").json["data"] == []


def test_a_bearer_token_needs_no_page_and_ends_when_revoked(ada: Visitor) -> None:
    made = ada.post("/tokens", name="automation").json["data"]
    stranger = ada.web.application.test_client()
    header = {"Authorization": f"Bearer {made['token']}"}
    assert stranger.post("/api/v0/projects", json={"name": "x"}, headers=header).status_code == 201
    listed = ada.get("/tokens").json["data"]
    assert "token" not in listed[0]
    ada.authentication.delete(f"/api/v0/tokens/{made['id']}", headers={"X-CSRF-Token": ada.csrf})
    assert stranger.get("/api/v0/projects", headers=header).status_code == 401


def test_a_session_that_was_logged_out_opens_nothing(ada: Visitor) -> None:
    assert ada.post("/auth/logout").status_code == 204
    assert ada.get("/projects").status_code == 401


def test_a_session_can_be_revoked_from_another(ada: Visitor, database: Database, settings: Settings) -> None:
    other = Visitor(database, settings)
    other.log_in("ada@werkbank.example")
    [revoked] = [row["id"] for row in other.get("/auth/sessions").json["data"] if row["current"]]
    ada.authentication.delete(f"/api/v0/auth/sessions/{revoked}", headers={"X-CSRF-Token": ada.csrf})
    assert other.get("/projects").status_code == 401


def test_nobody_ends_somebody_elses_session(ada: Visitor, bob: Visitor) -> None:
    [session] = bob.get("/auth/sessions").json["data"]
    answer = ada.authentication.delete(f"/api/v0/auth/sessions/{session['id']}", headers={"X-CSRF-Token": ada.csrf})
    assert answer.status_code == 404
    assert bob.get("/projects").status_code == 200


def test_somebody_elses_project_looks_like_none(ada: Visitor, bob: Visitor) -> None:
    project = ada.post("/projects", name="hers").json["data"]
    node = ada.post(f"/projects/{project['id']}/nodes", **NODE).json["data"]
    assert bob.get(f"/projects/{project['id']}").json == bob.get("/projects/nothing").json
    assert bob.get(f"/projects/{project['id']}/nodes/{node['id']}").status_code == 404
    assert bob.post(f"/projects/{project['id']}/nodes/{node['id']}/stop").status_code == 404
    assert bob.get(f"/projects/{project['id']}/events").status_code == 404


def test_runs_are_for_administrators(ada: Visitor, bob: Visitor) -> None:
    assert ada.get("/runs").status_code == 200
    assert bob.get("/runs").json["error"]["errors"] == [{"code": "Forbidden"}]


def test_a_dynamic_node_starts_when_it_is_created(ada: Visitor) -> None:
    project = ada.post("/projects", name="x").json["data"]
    answer = ada.post(f"/projects/{project['id']}/nodes", **NODE, position={"x": 1, "y": 2})
    assert answer.status_code == 201
    node = answer.json["data"]
    assert (node["state"], node["url"], node["position"]) == ("starting", None, {"x": 1.0, "y": 2.0})


def test_a_node_beyond_the_quota_is_refused_with_the_time_to_try_again(ada: Visitor) -> None:
    ada.web.application.config["QUOTA"] = Quota(user_nodes=1)
    project = ada.post("/projects", name="x").json["data"]
    assert ada.post(f"/projects/{project['id']}/nodes", **NODE).status_code == 201
    answer = ada.post(f"/projects/{project['id']}/nodes", **NODE)
    assert (answer.status_code, answer.json["error"]["errors"]) == (429, [{"code": "QuotaExceeded"}])
    assert int(answer.headers["Retry-After"]) > 0
    assert len(ada.get(f"/projects/{project['id']}").json["data"]["nodes"]) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"service_version": "1.0.0"}, "service_key"),
        (NODE | {"service_version": "9.9.9"}, "no service"),
        (NODE | {"inputs": {"nonsense": 1}}, "no input"),
        (NODE | {"inputs": {"size": "big"}}, "must be of type number"),
        (NODE | {"position": {"x": "left", "y": 0}}, "position.x"),
    ],
)
def test_bad_input_is_explained_and_changes_nothing(ada: Visitor, body: dict[str, Any], words: str) -> None:
    project = ada.post("/projects", name="x").json["data"]
    answer = ada.post(f"/projects/{project['id']}/nodes", **body)
    assert answer.status_code in (400, 404)
    assert words in answer.json["error"]["message"]
    assert ada.get(f"/projects/{project['id']}").json["data"]["nodes"] == []


def test_links_join_nodes_of_the_same_project_only(ada: Visitor) -> None:
    one, other = (ada.post("/projects", name=name).json["data"]["id"] for name in "ab")
    here, there = (ada.post(f"/projects/{p}/nodes", **NODE).json["data"]["id"] for p in (one, other))
    link = {"source_node": here, "source_port": "out", "target_node": there, "target_port": "in"}
    answer = ada.web.patch(f"/api/v0/projects/{one}", json={"links": [link]}, headers={"X-CSRF-Token": ada.csrf})
    assert answer.status_code == 400


def gate(visitor: Visitor, uri: str) -> Any:
    """What the gateway would be told."""
    return visitor.authentication.get("/gate/node", headers={"X-Original-URI": uri})


def test_the_gate_opens_a_running_nodes_page_to_its_owner_alone(ada: Visitor, bob: Visitor, database: Database) -> None:
    project = ada.post("/projects", name="x").json["data"]
    node_id = ada.post(f"/projects/{project['id']}/nodes", **NODE).json["data"]["id"]
    with database.begin() as session:
        row = session.get_one(Node, node_id)
        row.observed, row.observed_at, route = Observed.RUNNING, now(), row.route
    assert gate(ada, f"/x/{route}/lab?x=1").headers["X-Werkbank-Upstream"] == f"{route}:8888"
    assert gate(bob, f"/x/{route}/lab").status_code == 403
    assert gate(ada, f"/x/{'0' * 24}/lab").status_code == 403
    stranger = ada.authentication.application.test_client()
    assert stranger.get("/gate/node", headers={"X-Original-URI": f"/x/{route}/lab"}).status_code == 401


def test_the_gate_is_shut_as_soon_as_the_node_is_wished_closed(ada: Visitor, database: Database) -> None:
    project = ada.post("/projects", name="x").json["data"]
    node = ada.post(f"/projects/{project['id']}/nodes", **NODE).json["data"]
    with database.begin() as session:
        row = session.get_one(Node, node["id"])
        row.observed, route = Observed.RUNNING, row.route
    ada.post(f"/projects/{project['id']}/nodes/{node['id']}/stop")
    assert gate(ada, f"/x/{route}/lab").headers["X-Werkbank-Why"] == "closed"


def test_the_directors_interface_is_for_administrators_with_the_pages_token(ada: Visitor, bob: Visitor) -> None:
    def ask(visitor: Visitor, method: str, **headers: str) -> int:
        answer = visitor.authentication.get("/gate/admin", headers={"X-Original-Method": method} | headers)
        return int(answer.status_code)

    assert ask(ada, "GET") == 200
    assert ask(bob, "GET") == 403
    assert ask(ada, "POST") == 403
    assert ask(ada, "POST", **{"X-CSRF-Token": ada.csrf}) == 200


def test_the_first_event_stream_frames_tell_all_there_is(ada: Visitor) -> None:
    project = ada.post("/projects", name="x").json["data"]
    ada.post(f"/projects/{project['id']}/nodes", **NODE)
    answer = ada.web.get(f"/api/v0/projects/{project['id']}/events?tab=t1", buffered=False)
    frames = iter(answer.response)
    assert next(frames) == b"retry: 2000\n\n"
    text = next(frames).decode()
    assert [line for line in text.splitlines() if line.startswith("event:")] == ["event: node", "event: project", "event: here"]
    answer.close()


def test_the_page_is_served_for_every_path_that_is_none_with_its_policy(ada: Visitor) -> None:
    answer = ada.web.get("/projects/abc", buffered=True)
    assert answer.text == "<!doctype html>the page"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_v0_reads_the_catalogue_in_its_envelope(database: Database, settings: Settings, ada: Visitor) -> None:
    client = create_director(settings, database, Outside(now)).test_client()
    assert client.get("/v0/").json["data"]["status"] == "SERVICE_RUNNING"
    [service] = client.get("/v0/services?service_type=interactive").json["data"]
    assert service["key"] == NODE["service_key"]
    assert client.get("/v0/services?service_type=computational").json["data"] == []
    assert client.get("/v0/services?service_type=x").status_code == 400
    plain = client.get(f"/v0/services/{NODE['service_key']}/1.0.0")
    encoded = client.get(f"/v0/services/{NODE['service_key'].replace('/', '%2F')}/1.0.0")
    assert plain.json == encoded.json
    assert client.get("/v0/services/simcore/services/dynamic/echo/2.0.0").status_code == 404
    assert client.get("/list_interactive_services").json == [NODE["service_key"]]


def test_v0_refuses_what_is_missing_malformed_or_unknown(database: Database, settings: Settings, ada: Visitor) -> None:
    client = create_director(settings, database, Outside(now)).test_client()
    uuid = "5ae1a0b0-0000-4000-8000-000000000001"
    query = {"user_id": "1", "service_key": NODE["service_key"], "service_uuid": uuid}
    assert client.post("/v0/running_interactive_services", query_string={"user_id": "1"}).status_code == 400
    assert client.post("/v0/running_interactive_services", query_string=query | {"service_uuid": "x"}).status_code == 400
    assert client.post("/v0/running_interactive_services", query_string=query | {"service_tag": "7.0.0"}).status_code == 404
    assert client.get(f"/v0/running_interactive_services/{uuid}").status_code == 404
    assert client.delete(f"/v0/running_interactive_services/{uuid}").status_code == 404
    assert client.post("/stop_service", json={"service_uuid": uuid}).status_code == 201


def test_a_part_is_unhealthy_without_its_database_and_says_so(settings: Settings, tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    answer = create_authentication(settings, empty).test_client().get("/healthz")
    assert answer.status_code == 503
    assert "database does not answer" in answer.json["error"]["message"]


def test_a_large_list_is_packed_and_not_sent_again_while_it_is_the_same(ada: Visitor, database: Database) -> None:
    path = "/api/v0/services"
    first = ada.web.get(path, headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(first.data)) == ada.web.get(path).json
    known = {"If-None-Match": first.headers["ETag"]}
    same = ada.web.get(path, headers=known)
    assert (same.status_code, same.data) == (304, b"")
    catalogue.refresh(database, FakeRegistry([image(), image(version="1.1.0")]))
    changed = ada.web.get(path, headers=known)
    assert changed.status_code == 200
    assert [item["version"] for item in changed.json["data"]] == ["1.1.0", "1.0.0"]


def test_the_catalogue_says_what_is_deprecated_and_it_starts_all_the_same(ada: Visitor, database: Database) -> None:
    late, soon = {"werkbank.deprecated": '"2020-01-01"'}, {"werkbank.deprecated": '"2999-01-01"'}
    catalogue.refresh(database, FakeRegistry([image(**late), image(version="2.0.0", **soon), image(version="3.0.0")]))
    listed = {item["version"]: (item["deprecated_at"], item["is_deprecated"]) for item in ada.get("/services").json["data"]}
    assert listed == {
        "1.0.0": ("2020-01-01T00:00:00+00:00", True),
        "2.0.0": ("2999-01-01T00:00:00+00:00", False),
        "3.0.0": (None, False),
    }
    project = ada.post("/projects", name="x").json["data"]
    assert ada.post(f"/projects/{project['id']}/nodes", **NODE).status_code == 201


def test_what_is_broken_is_for_administrators_with_its_reason(ada: Visitor, bob: Visitor, database: Database) -> None:
    catalogue.refresh(database, FakeRegistry([image(), image(version="2.0.0", **{"io.simcore.name": "{}"})]))
    [broken] = ada.get("/services/broken").json["data"]
    assert (broken["key"], broken["version"]) == (NODE["service_key"], "2.0.0")
    assert "io.simcore.name" in broken["reason"]
    assert [item["version"] for item in ada.get("/services").json["data"]] == ["1.0.0"]
    assert bob.get("/services/broken").status_code == 403


@pytest.mark.parametrize(
    "body",
    [b'{"name": "\\u0000"}', b'{"name": "\\ud800"}', b'{"name": "x", "more": 1e999}', b'{"name": NaN}', b"[" * 100_000, b"\xff"],
)
def test_what_no_database_can_keep_is_refused_before_any_view(ada: Visitor, body: bytes) -> None:
    headers = {"X-CSRF-Token": ada.csrf, "Content-Type": "application/json"}
    answer = ada.web.post("/api/v0/projects", data=body, headers=headers)
    assert (answer.status_code, answer.json["error"]["status"]) == (400, 400)
    assert ada.get("/projects/%00").status_code == 400
    assert ada.get("/projects").json["data"] == []
