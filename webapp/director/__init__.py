"""The director's REST interface."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from controlplane.clock import now
from controlplane.database import Database
from controlplane.settings import Settings
from webapp import envelope, health, transaction
from webapp.director import first, v0

_QUIET = timedelta(seconds=30)


def create_app(
    settings: Settings,
    database: Database,
    looked_at: Callable[[], datetime | None],
    reaper_is_wrong: Callable[[], str | None] = lambda: None,
    reaping: Callable[[], dict[str, Any]] = lambda: {},
) -> Flask:
    """The application on port 8001; ``looked_at`` tells when the loop last saw the swarm, ``reaping`` how the reaper is."""
    app = Flask("director")
    app.config["START_TIMEOUT"] = settings.start_timeout
    transaction.install(app, database)
    envelope.install(app)
    app.register_blueprint(v0.bp)
    app.register_blueprint(first.bp)

    def loop_is_awake() -> str | None:
        last = looked_at()
        if last is None or now() - last > _QUIET:
            return "The loop has not seen the swarm for more than 30 s; running nodes stay as they are."
        return None

    health.install(app, "director", loop_is_awake, reaper_is_wrong, more=reaping)
    return app
