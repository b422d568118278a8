"""The director's REST interface."""

from collections.abc import Callable
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


def create_app(  # noqa: PLR0913, PLR0917  each is one thing of the world
    settings: Settings,
    database: Database,
    looked_at: Callable[[], datetime | None],
    view: Callable[[], SwarmView] = SwarmView,
    tell: Callable[[str, str | None], None] = lambda *_: None,
    logs: internal.Logs | None = None,
    platform: Platform | None = None,
    reaper_is_wrong: Callable[[], str | None] = lambda: None,
    reaping: Callable[[], dict[str, Any]] = lambda: {},
    pruner: Pruner | None = None,
    files: Files | None = None,
    closed_to: tuple[str, ...] = (),
) -> Flask:
    """The application on port 8001.

    `looked_at` says when the loop last saw the swarm, `view` what is there now; `tell` takes what the registry tells;
    `logs` reads a node's logs, `platform` its machines and parts; `reaping` says how the reaper is, `reaper_is_wrong`
    what is wrong with it; `pruner` knows the registry, `files` what nodes keep. Who comes from the subnets ``closed_to`` is
    not answered.
    """
    app = documented("Werkbank's director", _CONTRACTS, "director")
    app.config["START_TIMEOUT"], app.config["QUOTA"] = settings.start_timeout, Quota.of(settings)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
    app.extensions |= {"view": view, "tell": tell}
    internal.close_to(app, closed_to)
    transaction.install(app, database)
    # The contract's clients have no logins here; the gateway lets administrators through.
    app.before_request(lambda: journal.act_as("v0 client"))
    envelope.install(app)
    wellformed.install(app)
    app.register_blueprint(notices.bp)
    if logs is not None:
        app.extensions |= {"logs": logs, "platform": platform}
        app.register_blueprint(internal.bp)
    if pruner is not None:
        app.extensions["pruner"] = pruner
        app.register_blueprint(stock.bp)

    if files is not None:
        app.extensions["files"] = files
        app.register_blueprint(webapp.director.files.bp)

    def loop_is_awake() -> str | None:
        last = looked_at()
        if last is None or now() - last > _QUIET:
            return "The loop has not seen the swarm for more than 30 s; running nodes stay as they are."
        return None

    health.install(app, "director", loop_is_awake, reaper_is_wrong, more=reaping)
    return app


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document of the director's contracts."""
    return document(documented("Werkbank's director", _CONTRACTS, "director")) | {"servers": _SERVERS}
