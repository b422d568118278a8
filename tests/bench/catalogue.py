"""The catalogue with 500 services of 5 versions each: how long its list takes, through the API and from the cache.

The limit of each is the promise: 100 ms.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from controlplane import accounts, catalogue
from controlplane.database import Database
from controlplane.settings import Settings
from tests.bench.figures import Row, against
from tests.support.deployment import Deployment
from tests.support.fakes import FakeRegistry, image
from webapp.app import create_web

LIMIT_MS = 100.0
ROUNDS = 20


def measure(deployment: Deployment) -> dict[str, Row]:
    """The list as it is asked for the first time, again, and by a client that has it."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/catalogue.db")
        database.migrate()
        registry, token = _filled(database)
        web = create_web(Settings(client_dir=Path(folder)), database, _Silent())  # type: ignore[arg-type]
        client, headers = web.test_client(), {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        first = client.get("/api/v0/services", headers=headers)
        again, unchanged, changed = [], [], []
        for number in range(ROUNDS):
            again.append(_timed(client, headers, 200))
            unchanged.append(_timed(client, headers | {"If-None-Match": first.headers["ETag"]}, 304))
            if number < ROUNDS // 4:
                registry.found[0] = image(registry.found[0].repository, f"2.0.{number}")
                catalogue.refresh_repository(database, registry, registry.found[0].repository)
                changed.append(_timed(client, headers, 200))
                first = client.get("/api/v0/services", headers=headers)
        database.engine.dispose()
    return {
        "catalogue_list": _row("the list of 2,500 services", again),
        "catalogue_unchanged": _row("the same, for who has it already", unchanged),
        "catalogue_changed": _row("the same, right after a change", changed),
    }


class _Silent:
    """A bell that nobody rings."""

    def count(self, *_: Any) -> int:
        """Never."""
        return 0


def _filled(database: Database) -> tuple[FakeRegistry, str]:
    keys = [f"simcore/services/dynamic/service-{number}" for number in range(500)]
    registry = FakeRegistry([image(key, f"1.{minor}.0") for key in keys for minor in range(5)])
    with database.begin() as session:
        user = accounts.add_user(session, "bench@werkbank.example", "only for this file", role="admin")
        token, _ = accounts.create_token(session, user, "bench")
        for found in registry.found:
            catalogue.put(session, found)
    return registry, token


def _timed(client: Any, headers: dict[str, str], expected: int) -> float:
    began = time.perf_counter()
    answer = client.get("/api/v0/services", headers=headers)
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == expected, answer.text[:500]
    return took


def _row(what: str, values: list[float]) -> Row:
    return against(what, values, "the promise", [LIMIT_MS] * len(values))
