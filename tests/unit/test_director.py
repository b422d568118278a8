"""The director's contracts: /v0, the first director's routes, and what the registry tells."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from controlplane import catalogue
from controlplane.clock import now
from controlplane.errors import SwarmUnreadable
from controlplane.model import Desired, Node, Project
from controlplane.ports import SwarmView
from controlplane.settings import Settings
from tests.support.deployment import until
from tests.support.fakes import FakeProber, FakeRegistry, FakeSwarm, image
from tests.unit.conftest import World
from webapp.director import Outside, create_app, running

KEY = "simcore/services/dynamic/echo"
UUID = "5ae1a0b0-0000-4000-8000-000000000001"
QUERY = {"user_id": "1", "service_key": KEY, "service_uuid": UUID}
RUNNING = "/v0/running_interactive_services"


class Contract:
    """A client of the director, whose loop runs."""

    def __init__(self, world: World, settings: Settings):
        self.world, self.told = world, []
        app = create_app(settings, world.database, Outside(now, world.adapters.swarm.view, lambda *what: self.told.append(what)))
        app.config["START_TIMEOUT"] = 20
        self.app, self.http = app, app.test_client()

    told: list[tuple[str, str | None]]

    def start(self, client: FlaskClient | None = None, environ: dict[str, Any] | None = None, **query: str) -> Any:
        """POST with the usual query, and what differs; an empty text leaves it out."""
        wanted = {name: value for name, value in (QUERY | query).items() if value}
        return (client or self.http).post(RUNNING, query_string=wanted, environ_overrides=environ or {})

    @property
    def swarm(self) -> FakeSwarm:
        """What is in the swarm."""
        assert isinstance(self.world.adapters.swarm, FakeSwarm)
        return self.world.adapters.swarm

    def nothing_is_left(self) -> bool:
        """No service, no wish, no project."""
        with self.world.database.begin() as session:
            wishes = session.query(Node).count()
            mine = session.query(Project).filter(Project.name == "Started through the director").count()
        return not self.swarm.services and not wishes and not mine


@pytest.fixture
def contract(world: World, settings: Settings) -> Iterator[Contract]:
    """The director, its loop at work."""
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            world.reconciler.look()
            stop.wait(0.05)

    thread = threading.Thread(target=look)
    thread.start()
    yield Contract(world, settings)
    stop.set()
    thread.join()


def code(answer: Any) -> tuple[int, str]:
    """What a client branches on; the envelope must be whole."""
    body = answer.json
    assert set(body) == {"data", "error"}
    assert body["data"] is None
    assert body["error"]["status"] == answer.status_code
    assert body["error"]["message"]
    return answer.status_code, body["error"]["errors"][0]["code"]


@pytest.mark.parametrize("path", ["/v0/", "/v0"])
def test_the_root_answers_with_and_without_its_slash(contract: Contract, path: str) -> None:
    answer = contract.http.get(path)
    assert answer.status_code == 200
    assert answer.json["error"] is None
    assert {"name", "status", "api_version", "version"} <= set(answer.json["data"])


def test_the_document_is_served(contract: Contract) -> None:
    assert "/v0/running_interactive_services" in contract.http.get("/v0/openapi.json").json["paths"]


def test_a_start_answers_when_the_service_runs_and_a_stop_when_it_is_gone(contract: Contract) -> None:
    answer = contract.start()
    assert answer.status_code == 201
    assert answer.json == {
        "data": {
            "published_port": 32768,
            "entry_point": "lab",
            "service_uuid": UUID,
            "service_key": KEY,
            "service_version": "1.0.0",
            "service_host": f"echo_{UUID}",
            "service_port": 8888,
            "service_basepath": "",
        },
        "error": None,
    }
    assert contract.http.get(f"{RUNNING}/{UUID}").json == answer.json
    assert contract.http.get(f"{RUNNING}/{UUID.upper()}").status_code == 200
    assert code(contract.start()) == (409, "AlreadyRunning")
    gone = contract.http.delete(f"{RUNNING}/{UUID}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert code(contract.http.delete(f"{RUNNING}/{UUID}")) == (404, "NotFound")
    assert code(contract.http.get(f"{RUNNING}/{UUID}")) == (404, "NotFound")
    until(contract.nothing_is_left, 20)


def test_the_path_that_a_client_asks_for_is_the_services(contract: Contract) -> None:
    assert contract.start(service_basepath="/x/abc/").json["data"]["service_basepath"] == "/x/abc"
    [(spec, _)] = contract.swarm.services.values()
    assert spec.env["SIMCORE_NODE_BASEPATH"] == "/x/abc"


@pytest.mark.parametrize(
    "query",
    [
        {"user_id": ""},
        {"service_key": ""},
        {"service_uuid": ""},
        {"service_uuid": "not-a-uuid"},
        {"service_uuid": "x" * 5000},
        {"service_key": "echo"},
        {"service_key": f"{KEY}\n"},
        {"service_basepath": "x/abc"},
        {"service_basepath": "/x/../.\0"},
        {"service_basepath": "/x" * 200},
        {"user_id": "\0"},
        {"service_tag": "1" * 500},
    ],
)
def test_what_is_missing_or_malformed_is_refused(contract: Contract, query: dict[str, str]) -> None:
    assert code(contract.start(**query)) == (400, "BadInput")
    assert contract.nothing_is_left()


@pytest.mark.parametrize(
    "query",
    [
        {"service_key": "simcore/services/dynamic/none"},
        {"service_tag": "2.0.0"},
        {"service_tag": "latest"},
        {"service_tag": "1.0"},
    ],
)
def test_an_unknown_service_or_tag_is_not_found_and_never_the_newest(contract: Contract, query: dict[str, str]) -> None:
    assert code(contract.start(**query)) == (404, "ServiceNotFound")
    assert contract.nothing_is_left()


def test_without_a_tag_the_newest_by_meaning_is_started(contract: Contract) -> None:
    catalogue.refresh(contract.world.database, FakeRegistry([image(KEY, "9.0.0"), image(KEY, "10.0.0")]))
    assert contract.start().json["data"]["service_version"] == "10.0.0"


def test_two_starts_of_one_uuid_at_once_give_one_service(contract: Contract) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: contract.start(contract.app.test_client()).status_code, range(4)))
    assert sorted(answers) == [201, 409, 409, 409]
    assert contract.swarm.starts == [UUID]


def test_a_failed_start_says_why_and_leaves_nothing_behind(contract: Contract) -> None:
    with contract.world.database.begin() as session:
        reference = catalogue.find(session, KEY, "1.0.0").image.split("@")[0]
    contract.swarm.fates[reference] = "Its program ended with exit code 3."
    answer = contract.start()
    assert code(answer) == (500, "StartFailed")
    assert "exit code 3" in answer.json["error"]["message"]
    until(contract.nothing_is_left, 20)


def silent(contract: Contract) -> None:
    """From now on no page answers."""
    assert isinstance(contract.world.adapters.prober, FakeProber)
    contract.world.adapters.prober.is_there = False


def test_a_start_has_a_bound_and_leaves_nothing_behind(contract: Contract) -> None:
    silent(contract)
    contract.app.config["START_TIMEOUT"] = -9
    assert code(contract.start()) == (504, "StartTimedOut")
    until(contract.nothing_is_left, 20)


def test_a_client_that_went_away_leaves_nothing_behind(contract: Contract) -> None:
    silent(contract)
    answer = contract.start(environ={"waitress.client_disconnected": lambda: True})
    assert code(answer) == (500, "StartFailed")
    until(contract.nothing_is_left, 20)


def test_what_a_director_that_ended_did_not_answer_is_closed_and_what_it_answered_runs_on(contract: Contract) -> None:
    other = UUID.replace("1", "2")
    assert contract.start(service_uuid=other).status_code == 201
    silent(contract)
    with contract.app.test_request_context():
        running._wish("1", KEY, None, UUID, None)
    running.forget_unanswered(contract.world.database)
    until(lambda: contract.world.is_forgotten(UUID), 20)
    assert contract.world.node(other).desired == Desired.RUNNING


def test_more_waiting_clients_than_there_is_room_for_are_told_so(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_PLACES", threading.BoundedSemaphore(1))
    with running._place():
        assert code(contract.start()) == (503, "TooManyStarts")
    assert contract.start().status_code == 201


def test_a_node_on_a_canvas_is_closed_by_its_uuid_and_stays_there(contract: Contract) -> None:
    node_id = contract.world.add_node()
    until(lambda: contract.world.node(node_id).state == "running", 20)
    assert contract.http.delete(f"{RUNNING}/{node_id}").status_code == 204
    row = contract.world.node(node_id)
    assert (row.state, row.closed_because) == ("stopped", "Closed through the director.")
    assert code(contract.start(service_uuid=node_id)) == (409, "Conflict")


def test_the_catalogue_is_narrowed_by_type(contract: Contract) -> None:
    solver = image("simcore/services/comp/solver", "1.0.0")
    catalogue.refresh(contract.world.database, FakeRegistry([image(), solver]))

    def keys(query: str) -> list[str]:
        return [item["key"] for item in contract.http.get(f"/v0/services{query}").json["data"]]

    assert keys("") == [KEY, solver.repository]
    assert keys("?service_type=interactive") == [KEY]
    assert keys("?service_type=computational") == [solver.repository]
    assert code(contract.http.get("/v0/services?service_type=other")) == (400, "BadInput")
    assert contract.http.get("/list_interactive_services").json == [KEY]
    assert code(contract.start(service_key=solver.repository)) == (409, "NotStartable")


def test_the_first_directors_start_names_the_container(contract: Contract) -> None:
    answer = contract.http.post("/start_service", json={"service_name": KEY, "service_uuid": UUID, "tag": "1.0.0"})
    assert answer.status_code == 201
    container = {"container_id": f"container-of-{UUID}", "published_ports": [32768]}
    assert answer.json == {"service_name": KEY, "service_uuid": UUID, "containers": [container]}
    stopped = contract.http.post("/stop_service", json={"service_uuid": UUID})
    assert (stopped.status_code, stopped.json) == (201, {"service_uuid": UUID})
    until(contract.nothing_is_left, 20)


@pytest.mark.parametrize("uuid", [UUID, "anything", "x" * 900, "ü/../"])
def test_the_first_directors_stop_takes_any_name(contract: Contract, uuid: str) -> None:
    assert contract.http.post("/stop_service", json={"service_uuid": uuid}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"service_name": KEY},
        {"service_name": KEY, "service_uuid": 5},
        {"service_name": KEY, "service_uuid": UUID, "tag": [1]},
    ],
)
def test_the_first_directors_start_refuses_what_is_malformed(contract: Contract, body: Any) -> None:
    assert code(contract.http.post("/start_service", json=body)) == (400, "BadInput")


def test_paths_and_methods_that_are_none_keep_the_envelope(contract: Contract) -> None:
    assert code(contract.http.get("/v0/nothing")) == (404, "NotFound")
    answer = contract.http.put("/v0/services")
    assert code(answer) == (405, "MethodNotAllowed")
    assert "GET" in answer.headers["Allow"]


def test_what_the_registry_tells_is_noted_and_nonsense_is_not(contract: Contract) -> None:
    push = {"action": "push", "target": {"repository": KEY, "tag": "1.0.0"}}
    others: list[Any] = [
        {"action": "delete", "target": {"repository": KEY, "digest": "sha256:a"}},
        {"target": {"repository": "werkbank/web", "tag": "x"}},
        {"target": {"repository": 5}},
        {"target": None},
        "nonsense",
    ]
    sent = contract.http.post("/internal/registry-events", json={"events": [push, *others]})
    assert sent.status_code == 204
    assert contract.told == [(KEY, "1.0.0"), (KEY, None)]
    for body in (b"", b"[]", b"{", b'{"events": 5}'):
        assert contract.http.post("/internal/registry-events", data=body).status_code == 204


def test_an_unreadable_swarm_keeps_no_container_from_being_answered(contract: Contract) -> None:
    assert contract.start().status_code == 201
    contract.app.extensions["view"] = unreadable
    with contract.app.app_context():
        assert running.container_of(contract.world.node(UUID)) == ""


def unreadable() -> SwarmView:
    """The manager does not answer."""
    raise SwarmUnreadable
