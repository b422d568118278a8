"""A control plane in memory, with the fake world."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from controlplane import accounts, catalogue, clock, journal, nodes, presence, projects
from controlplane.database import Database
from controlplane.model import Node, Project, User
from controlplane.ports import Adapters, FoundImage
from controlplane.quotas import Quota
from controlplane.reconcile import Reconciler
from controlplane.settings import Settings
from tests.support.fakes import fake_adapters

ECHO = "simcore/services/dynamic/echo"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a deployment that is only here."""
    return Settings(database_url=f"sqlite:///{tmp_path}/rows.db", stack="unit", client_dir=tmp_path)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """A password's hash is slow on purpose; a thousand tests need not wait for that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has seen every migration and nothing else."""
    file = tmp_path_factory.mktemp("database") / "rows.db"
    rows = Database(f"sqlite:///{file}")
    rows.migrate()
    rows.engine.dispose()
    return file


@pytest.fixture
def database(settings: Settings, empty: Path) -> Iterator[Database]:
    """An empty database at the newest schema; nobody has said who acts."""
    journal.act_as("director")
    shutil.copy(empty, make_url(settings.database).database or "")
    rows = Database(settings.database)
    yield rows
    rows.engine.dispose()


@dataclass
class World:
    """The control plane, its world, and a user with a project."""

    database: Database
    adapters: Adapters
    reconciler: Reconciler
    user_id: str
    project_id: str

    def settle(self, looks: int = 6) -> None:
        """Let the loop look until runs have ended and been seen."""
        for _ in range(looks):
            self.reconciler.look()
            self.reconciler.join()

    def add_node(self, key: str = ECHO, quota: Quota | None = None) -> str:
        """A node on the canvas; its id."""
        with self.database.begin() as session:
            return nodes.add_node(session, self.project(session), key, "1.0.0", quota=quota).id

    def push(self, *images: FoundImage) -> None:
        """Images come into the registry, and the catalogue sees them."""
        registry, pushed = self.adapters.registry, {(each.repository, each.tag) for each in images}
        registry.found = [old for old in registry.found if (old.repository, old.tag) not in pushed] + list(images)
        catalogue.refresh(self.database, self.adapters.registry)

    def project(self, session: Session) -> Project:
        """The user's project."""
        return projects.get_project(session, session.get_one(User, self.user_id), self.project_id)

    def open_tab(self, tab: str = "tab") -> None:
        """Somebody has the project open in a tab, and says so."""
        with self.database.begin() as session:
            presence.note_presence(session, session.get_one(User, self.user_id), self.project(session), tab)

    def node(self, node_id: str) -> Node:
        """The row as it is now."""
        with self.database.begin() as session:
            return session.get_one(Node, node_id)

    def is_forgotten(self, node_id: str) -> bool:
        """Whether there is no row any more."""
        with self.database.begin() as session:
            return session.get(Node, node_id) is None

    def stop(self, node_id: str) -> None:
        """The user closes the node."""
        with self.database.begin() as session:
            nodes.stop_node(session, self.project(session), session.get_one(Node, node_id))

    def start(self, node_id: str, quota: Quota | None = None) -> None:
        """The user opens the node again."""
        with self.database.begin() as session:
            nodes.start_node(session, self.project(session), session.get_one(Node, node_id), quota)

    def remove(self, node_id: str) -> None:
        """The user takes the node off the canvas."""
        with self.database.begin() as session:
            nodes.remove_node(session, self.project(session), session.get_one(Node, node_id))


@pytest.fixture
def world(database: Database, settings: Settings) -> Iterator[World]:
    """A control plane whose swarm is the fake."""
    adapters = fake_adapters()
    with database.begin() as session:
        user = accounts.add_user(session, "ada@werkbank.example", "a good password", role="admin")
        project = projects.add_project(session, user, "Bone plate study")
    catalogue.refresh(database, adapters.registry)
    reconciler = Reconciler(database, adapters, settings)
    yield World(database, adapters, reconciler, user.id, project.id)
    reconciler.close()


class Time:
    """A clock that tests move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self._offset = timedelta()
        self._steady = timedelta()
        real, steady = clock.now, clock.steady
        modules = ("clock", "model", "nodes", "projects", "presence", "reaper", "reconcile", "accounts", "runs", "journal")
        modules += ("kept_logs", "health", "leases", "orphans", "reaps", "judging", "links", "jobs", "jobs_model")
        modules += ("invitations", "users", "catalogue", "stock", "prune", "deployments")
        modules += ("slots", "slots_loop", "slots_offers", "slots_model")
        modules += ("ahead.pulls", "ahead.model", "ahead.wanted")
        for module in modules:
            monkeypatch.setattr(f"controlplane.{module}.now", lambda: real() + self._offset)
        for module in ("clock", "health", "orphans"):
            monkeypatch.setattr(f"controlplane.{module}.steady", lambda: steady() + self._steady.total_seconds())

    def pass_by(self, **duration: float) -> None:
        """Time goes on."""
        self._offset += timedelta(**duration)
        self._steady += timedelta(**duration)

    def jump(self, **duration: float) -> None:
        """Somebody sets the clock, or the machine has slept."""
        self._offset += timedelta(**duration)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The clock, in the test's hands."""
    return Time(monkeypatch)
