"""The director's REST interface."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask

import webapp.director.files
from controlplane import journal
from controlplane.clock import now
from controlplane.database import Database
from controlplane.files import Files
from controlplane.platform import Platform
from controlplane.ports import SwarmView
from controlplane.prune import Pruner
from controlplane.quotas import Quota
from controlplane.settings import Settings
from webapp import envelope, health, transaction, wellformed
from webapp.director import first, internal, notices, stock, v0
from webapp.documents import document, documented

_QUIET = timedelta(seconds=30)
_CONTRACTS = (v0.bp, first.bp)
_SERVERS = [
    {"url": "/", "description": "inside the platform's network: http://director:8001"},
    {"url": "/director", "description": "on the gateway, for administrators with a session or a token"},
]


@dataclass(frozen=True)
class Outside:
    """What the interface tells of and asks, beside the database; what is not given it does not offer."""

    looked_at: Callable[[], datetime | None]
    """When the loop last saw the swarm."""
    view: Callable[[], SwarmView] = SwarmView
    tell: Callable[[str, str | None], None] = lambda *_: None
    """Takes what the registry tells: a repository, and its tag."""
    logs: internal.Logs | None = None
    platform: Platform | None = None
    reaper_is_wrong: Callable[[], str | None] = lambda: None
    reaping: Callable[[], dict[str, Any]] = dict
    pruner: Pruner | None = None
    files: Files | None = None
    closed_to: tuple[str, ...] = ()
    """Subnets whose questions are not answered."""


def create_app(settings: Settings, database: Database, world: Outside) -> Flask:
    """The application on port 8001."""
    app = documented("Werkbank's director", _CONTRACTS, "director")
    app.config["START_TIMEOUT"], app.config["QUOTA"] = settings.start_timeout, Quota.of(settings)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
    app.extensions |= {"view": world.view, "tell": world.tell}
    internal.close_to(app, world.closed_to)
    transaction.install(app, database)
    # The contract's clients have no logins here; the gateway lets administrators through.
    app.before_request(lambda: journal.act_as("v0 client"))
    envelope.install(app)
    wellformed.install(app)
    app.register_blueprint(notices.bp)
    if world.logs is not None:
        app.extensions |= {"logs": world.logs, "platform": world.platform}
        app.register_blueprint(internal.bp)
    if world.pruner is not None:
        app.extensions["pruner"] = world.pruner
        app.register_blueprint(stock.bp)
    if world.files is not None:
        app.extensions["files"] = world.files
        app.register_blueprint(webapp.director.files.bp)

    def loop_is_awake() -> str | None:
        last = world.looked_at()
        if last is None or now() - last > _QUIET:
            return "The loop has not seen the swarm for more than 30 s; running nodes stay as they are."
        return None

    health.install(app, "director", loop_is_awake, world.reaper_is_wrong, more=world.reaping)
    return app


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document of the director's contracts."""
    return document(documented("Werkbank's director", _CONTRACTS, "director")) | {"servers": _SERVERS}
