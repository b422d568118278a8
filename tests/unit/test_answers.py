"""The rules of kept answers: whatever ends a right makes the gateways forget, at once and only then."""

import importlib.machinery
import importlib.util
import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from controlplane import accounts, answers
from controlplane.clock import now
from controlplane.database import Database
from controlplane.model import AccessToken, LoginSession, Node, Observed, Project, User
from controlplane.reaper import Reaper
from tests.unit.conftest import Time, World
from tests.unit.test_api import NODE, PASSWORD, Visitor, visitors  # noqa: F401  a fixture
from tests.unit.test_reaper import GRACE, live

KEEPER = Path(__file__).parents[2] / "services" / "gateway" / "keeper"
BOB = "bob@werkbank.example"


class Scene:
    """Ada's project with a running node, shared with Bob; and how often the gateways were told to forget."""

    def __init__(self, database: Database, visitors: tuple[Visitor, Visitor]):  # noqa: F811
        self.database, (self.ada, self.bob) = database, visitors
        self.project = f"/projects/{self.ada.post('/projects', name='Bone').json['data']['id']}"
        self.node = f"{self.project}/nodes/{self.ada.post(f'{self.project}/nodes', **NODE).json['data']['id']}"
        self.bob_id = self.share().json["data"]["user_id"]
        self.token = self.bob.post("/tokens", name="t").json["data"]["id"]
        self.change_node(observed=Observed.RUNNING, port=8888)
        self.told: list[int] = []
        answers.watch(database, lambda: self.told.append(self.rights()))

    def renew(self) -> None:
        """Everything is allowed again."""
        self.ada.post(f"{self.project}/restore")
        self.ada.change(f"/users/{self.bob_id}", is_closed=False)
        self.bob.log_in(BOB)
        self.token = self.bob.post("/tokens", name="t").json["data"]["id"]
        self.share()
        self.change_node(desired="running", observed=Observed.RUNNING, failure=None)
        self.told.clear()

    def share(self, role: str = "edit") -> Any:
        """Let Bob in."""
        return self.ada.post(f"{self.project}/shares", email=BOB, role=role)

    def change_node(self, **values: Any) -> None:
        """What the loop, or the gate, writes."""
        with self.database.begin() as session:
            row = session.scalars(select(Node)).one()
            for name, value in values.items():
                setattr(row, name, value)

    def rights(self) -> int:
        """How many of Bob's logins and tokens others see in the database now."""
        with Database(self.database.engine.url).begin() as session:
            rows = [session.scalars(select(kind).where(kind.user_id == self.bob_id)) for kind in (LoginSession, AccessToken)]
            return sum(len(list(found)) for found in rows)

    def session_of_bob(self) -> str:
        """Its id."""
        return str(self.bob.get("/auth/sessions").json["data"][0]["id"])


@pytest.fixture
def scene(database: Database, visitors: tuple[Visitor, Visitor]) -> Scene:  # noqa: F811
    """Everything is allowed, and nobody was told anything yet."""
    return Scene(database, visitors)


ENDS: dict[str, Callable[[Scene], Any]] = {
    "logout": lambda s: s.bob.post("/auth/logout"),
    "a session is revoked": lambda s: s.bob.delete(f"/auth/sessions/{s.session_of_bob()}"),
    "an administrator revokes a session": lambda s: s.ada.delete(f"/users/{s.bob_id}/sessions/{s.session_of_bob()}"),
    "an administrator ends all sessions": lambda s: s.ada.delete(f"/users/{s.bob_id}/sessions"),
    "a token is revoked": lambda s: s.bob.delete(f"/tokens/{s.token}"),
    "an administrator revokes all tokens": lambda s: s.ada.delete(f"/users/{s.bob_id}/tokens"),
    "an account is closed": lambda s: s.ada.change(f"/users/{s.bob_id}", is_closed=True),
    "a share is taken back": lambda s: s.ada.delete(f"{s.project}/shares/{s.bob_id}"),
    "a share becomes one to view": lambda s: s.share("view"),
    "a node is closed": lambda s: s.ada.post(f"{s.node}/stop"),
    "a project goes to the trash": lambda s: s.ada.delete(s.project),
    "the loop sees that a node is gone": lambda s: s.change_node(observed=Observed.ABSENT),
    "a node gets another route": lambda s: s.change_node(route="f" * 24),
    "a node fails": lambda s: s.change_node(failure="It crashed."),
    "a node is removed": lambda s: s.ada.delete(s.node),
    "a project is removed": lambda s: s.ada.delete(f"{s.project}?forever=true"),
}
KEEPS: dict[str, Callable[[Scene], Any]] = {
    "a look": lambda s: s.ada.get(s.project),
    "a login": lambda s: s.bob.log_in(BOB),
    "a new token": lambda s: s.bob.post("/tokens", name="another"),
    "a sign of use": lambda s: s.change_node(used_at=now()),
    "a node is renamed": lambda s: s.ada.change(s.node, name="x"),
    "a project is renamed": lambda s: s.ada.change(s.project, name="x"),
}


def test_whatever_ends_a_right_makes_the_gateways_forget_once(scene: Scene) -> None:
    told = {}
    for name, act in ENDS.items():
        scene.renew()
        answer = act(scene)
        assert answer is None or answer.status_code < 300, name
        told[name] = len(scene.told)
    assert told == dict.fromkeys(ENDS, 1)


def test_what_ends_no_right_costs_no_answer(scene: Scene) -> None:
    told = {}
    for name, act in KEEPS.items():
        answer = act(scene)
        assert answer is None or answer.status_code < 300, name
        told[name] = len(scene.told)
    assert told == dict.fromkeys(KEEPS, 0)


def test_a_node_that_starts_costs_no_answer(scene: Scene) -> None:
    scene.change_node(observed=Observed.ABSENT)
    scene.told.clear()
    scene.change_node(observed=Observed.STARTING)
    scene.change_node(observed=Observed.RUNNING, port=9999)
    assert scene.told == []


def test_a_changed_password_ends_the_answers_of_the_other_logins(scene: Scene) -> None:
    scene.bob.log_in(BOB)
    change = scene.bob.post("/auth/password", present=PASSWORD, password="another good one")
    assert change.status_code == 204
    assert len(scene.told) == 1


def test_the_gateways_are_told_once_everybody_can_see_that_the_right_has_ended(scene: Scene) -> None:
    assert scene.rights() == 2
    scene.bob.post("/auth/logout")
    assert scene.told == [1]


def test_what_was_rolled_back_tells_nobody(scene: Scene) -> None:
    with scene.database.session() as session:
        accounts.revoke_tokens(session, session.get_one(User, scene.bob_id))
        session.flush()
        session.rollback()
        session.scalars(select(Project)).one().name = "another"
        session.commit()
    assert scene.told == []


def test_a_start_by_the_loop_tells_nobody_and_a_close_by_the_reaper_does(world: World, time: Time) -> None:
    told: list[None] = []
    answers.watch(world.database, lambda: told.append(None))
    reaper = Reaper(world.database, world.adapters.prober, GRACE)
    node_id = world.add_node()
    world.settle()
    assert (world.node(node_id).state, told) == ("running", [])
    live(world, time, 130)
    assert (reaper.reap(), len(told)) == ([node_id], 1)


@pytest.mark.usefixtures("socket_enabled")
def test_a_gateway_that_cannot_be_told_stops_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        answers.tell_gateways("http://127.0.0.1:1")()
    assert "forgets by itself within 6 s" in caplog.text


def keeper() -> Any:
    """The gateway's program, loaded."""
    loader = importlib.machinery.SourceFileLoader("keeper", str(KEEPER))
    spec = importlib.util.spec_from_loader("keeper", loader)
    assert spec is not None
    made = importlib.util.module_from_spec(spec)
    loader.exec_module(made)
    return made


def test_no_generation_comes_again_not_even_after_a_restart(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        generations = keeper().Generations(tmp_path)
        for _ in range(5):
            generations.begin()
            seen.append((tmp_path / "now").resolve(strict=True).name)
    assert len(set(seen)) == 10


def test_who_asks_the_keeper_hears_of_it_once_the_new_generation_is_there(tmp_path: Path) -> None:
    kept = keeper()
    generations = kept.Generations(tmp_path / "generation")
    generations.begin()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "sock"))
    listener.listen()
    threading.Thread(target=kept.serve, args=(listener, generations), daemon=True).start()
    for _ in range(3):
        before = (tmp_path / "generation" / "now").resolve()
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(str(tmp_path / "sock"))
            asking.sendall(b"POST / HTTP/1.1\r\n\r\n")
            assert asking.recv(100).startswith(b"HTTP/1.1 204")
        assert (tmp_path / "generation" / "now").resolve() != before
