"""Requests that nobody would write: schemathesis makes them from both documents, and no answer is a server error."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

from controlplane import accounts
from controlplane.clock import now
from controlplane.files import Files
from controlplane.model import User
from controlplane.platform import Platform
from controlplane.prune import Pruner
from controlplane.settings import Settings
from tests.support.fake_porters import FakePorters
from tests.unit.conftest import World
from tests.unit.test_api import SilentBell, beside
from tests.unit.test_files import carried
from webapp.app import create_authentication, create_web
from webapp.director import Outside
from webapp.director import create_app as create_director

KEY = "simcore/services/dynamic/echo"
EXAMPLES = 4
# Ends only with its project, so it is asked for with made-up names alone.
ENDLESS = "/events"


@pytest.fixture(autouse=True)
def loop(world: World) -> Iterator[None]:
    """The loop is at work."""
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(0.05):
            world.reconciler.look()

    thread = threading.Thread(target=look)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def token(world: World) -> str:
    """An administrator's."""
    with world.database.begin() as session:
        return accounts.create_token(session, session.get_one(User, world.user_id), "made-up requests")[0]


@pytest.fixture
def names(world: World) -> dict[str, str]:
    """Names of what is there, so that not every request ends at a 404."""
    services = {"service_key": KEY, "service_name": KEY, "key": KEY, "service_version": "1.0.0", "version": "1.0.0"}
    with world.database.begin() as session:
        other = accounts.add_user(session, "bob@werkbank.example", "a good password")
    return services | {"project_id": world.project_id, "node_id": world.add_node(), "user_id": other.id}


def attack(schema: Any, token: str, names: dict[str, str]) -> int:
    """Every operation gets requests that fit its description and some that do not; how many were sent."""
    sent = 0
    limits = bounds(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    def send(case: Any) -> None:
        nonlocal sent
        sent += 1
        if sent % 2 and not case.path.endswith(ENDLESS):
            name_what_is_there(case, names)
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=[not_a_server_error])

    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            # An operation that takes nothing cannot be misused.
            with suppress(Unsatisfiable):
                limits(given(case=operation.as_strategy(generation_mode=mode))(send))()
    return sent


def name_what_is_there(case: Any, names: dict[str, str]) -> None:
    """Put real names where the request has made-up ones."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            place.update({name: value for name, value in names.items() if name in place})


def test_no_request_breaks_the_workbench(
    world: World, settings: Settings, token: str, names: dict[str, str], tmp_path: Path
) -> None:
    files = Files(world.database, FakePorters(tmp_path), "unit")
    (tmp_path / f"unit_node_{names['node_id']}").mkdir()
    pruner, platform = Pruner(world.database, world.adapters, settings), Platform(world.adapters, settings, world.database)
    logs = world.adapters.swarm.logs
    director = create_director(settings, world.database, Outside(now, logs=logs, pruner=pruner, platform=platform, files=files))
    web = create_web(settings, world.database, SilentBell(), beside(director), carried(director))  # type: ignore[arg-type]
    authentication = create_authentication(settings, world.database)

    def gateway(environ: dict[str, Any], start_response: Any) -> Any:
        ours = environ["PATH_INFO"].startswith(("/api/v0/auth/", "/api/v0/tokens", "/api/v0/users"))
        return (authentication if ours else web)(environ, start_response)

    assert attack(schemathesis.openapi.from_wsgi("/api/v0/openapi.json", gateway), token, names) > 80
    files.close()


def test_no_request_breaks_the_director(world: World, settings: Settings, token: str, names: dict[str, str]) -> None:
    director = create_director(settings, world.database, Outside(now, world.adapters.swarm.view))
    director.config["START_TIMEOUT"] = 10
    assert attack(schemathesis.openapi.from_wsgi("/v0/openapi.json", director), token, names) > 30
