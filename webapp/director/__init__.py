"""The director's REST interface."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from controlplane.clock import now
from controlplane.database import Database
from controlplane.quotas import Quota
from controlplane.settings import Settings
from webapp import envelope, health, transaction
from webapp.director import first, internal, v0

_QUIET = timedelta(seconds=30)


def create_app(
    settings: Settings, database: Database, looked_at: Callable[[], datetime | None], logs: internal.Logs | None = None
) -> Flask:
    """The application on port 8001; `looked_at` tells when the loop last saw the swarm, `logs` reads a node's logs."""
    app = Flask("director")
    app.config["START_TIMEOUT"], app.config["QUOTA"] = settings.start_timeout, Quota.of(settings)
    transaction.install(app, database)
    envelope.install(app)
    app.register_blueprint(v0.bp)
    app.register_blueprint(first.bp)
    if logs is not None:
        app.extensions["logs"] = logs
        app.register_blueprint(internal.bp)

    def loop_is_awake() -> str | None:
        last = looked_at()
        if last is None or now() - last > _QUIET:
            return "The loop has not seen the swarm for more than 30 s; running nodes stay as they are."
        return None

    health.install(app, "director", loop_is_awake)
    return app
