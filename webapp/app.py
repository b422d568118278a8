"""Makes the applications of the parts `web` and `authentication`, and their common OpenAPI document."""

import threading
from typing import Any

from apiflask import APIFlask
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import webapp.authentication.gate
import webapp.authentication.invited
import webapp.authentication.views
import webapp.events.views
import webapp.jobs.views
import webapp.journal.views
import webapp.nodes.logs
import webapp.nodes.views
import webapp.platform.views
import webapp.projects.sharing
import webapp.projects.views
import webapp.reaps.views
import webapp.registry.views
import webapp.runs.views
import webapp.services.views
import webapp.users.views
from controlplane import answers, presence
from controlplane.database import Bell, Database
from controlplane.quotas import Quota
from controlplane.settings import Settings
from webapp import asking, client, envelope, health, identity, transaction, wellformed
from webapp.asking import Transport
from webapp.authentication.limits import limiter
from webapp.documents import document, documented

_WEB = (
    webapp.nodes.views.bp,
    webapp.nodes.logs.bp,
    webapp.projects.views.bp,
    webapp.projects.sharing.bp,
    webapp.events.views.bp,
    webapp.services.views.bp,
    webapp.runs.views.bp,
    webapp.journal.views.bp,
    webapp.reaps.views.bp,
    webapp.registry.views.bp,
    webapp.jobs.views.bp,
    webapp.platform.views.bp,
)
_AUTHENTICATION = (webapp.authentication.views.bp, webapp.authentication.invited.bp, webapp.users.views.bp)


def create_web(
    settings: Settings, database: Database | None = None, bell: Bell | None = None, director: Transport | None = None
) -> Flask:
    """The workbench: its pages and /api/v0."""
    rows = database or _rows(settings)
    app = _create("web", settings, rows, _WEB)
    app.extensions["bell"] = bell or Bell(rows)
    asking.install(app, settings.director_url, director)
    client.install(app, settings.client_dir)
    _install_heartbeat(rows, "web")
    return app


def create_authentication(settings: Settings, database: Database | None = None) -> Flask:
    """Who you are, whether you may, and where to."""
    rows = database or _rows(settings)
    app = _create("authentication", settings, rows, _AUTHENTICATION)
    limiter.init_app(app)
    app.register_blueprint(webapp.authentication.gate.bp)
    _install_heartbeat(rows, "authentication")
    return app


def _rows(settings: Settings) -> Database:
    return answers.watch(Database(settings.database), answers.tell_gateways(settings.gateway_url))


def _create(part: str, settings: Settings, database: Database, blueprints: tuple[Any, ...]) -> APIFlask:
    app = documented("Werkbank", blueprints)
    app.config.update(
        LOGIN_RATE=settings.login_rate,
        SESSION_LIFETIME=settings.session_lifetime,
        SECURE_COOKIES=settings.secure_cookies,
        LEASE_GRACE=settings.lease_grace,
        TRASH_DAYS=settings.trash_days,
        QUOTA=Quota.of(settings),
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        SECRET_KEY=None,
        RATELIMIT_HEADERS_ENABLED=True,
    )
    # The gateway is the only way in, and it sets these headers itself.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    transaction.install(app, database)
    identity.install(app)
    envelope.install(app)
    wellformed.install(app)
    health.install(app, part)
    return app


def openapi() -> dict[str, Any]:
    """The OpenAPI document of /api/v0, of all parts together."""
    return document(documented("Werkbank", _AUTHENTICATION + _WEB))


def _install_heartbeat(database: Database, part: str) -> None:
    """The reaper takes silence for silence only while this part was there to hear."""
    pause = threading.Event()

    def beat() -> None:
        note = presence.begin
        while True:
            try:
                with database.begin() as session:
                    note(session, part)
                note = presence.beat
            except Exception:
                envelope.log.warning("The heartbeat could not be written; the reaper waits until it can.")
            pause.wait(5)

    threading.Thread(target=beat, name="heartbeat", daemon=True).start()
