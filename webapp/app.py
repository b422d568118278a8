"""Makes the applications of the parts `web` and `authentication`, and their common OpenAPI document."""

from typing import Any

from apiflask import APIFlask
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import webapp.authentication.gate
import webapp.authentication.invited
import webapp.authentication.views
import webapp.events.views
import webapp.host_images.views
import webapp.jobs.views
import webapp.journal.views
import webapp.nodes.files
import webapp.nodes.logs
import webapp.nodes.views
import webapp.platform.views
import webapp.projects.sharing
import webapp.projects.views
import webapp.reaps.views
import webapp.registry.views
import webapp.runs.views
import webapp.services.views
import webapp.slots.views
import webapp.users.views
from controlplane.database import Bell, Database
from controlplane.quotas import Quota
from controlplane.settings import Settings
from webapp import asking, carrying, client, envelope, health, identity, transaction, wellformed
from webapp.asking import Transport
from webapp.authentication.limits import limiter
from webapp.carrying import Carrying
from webapp.documents import document, documented

_WEB = (
    webapp.nodes.views.bp,
    webapp.nodes.logs.bp,
    webapp.nodes.files.bp,
    webapp.projects.views.bp,
    webapp.projects.sharing.bp,
    webapp.events.views.bp,
    webapp.services.views.bp,
    webapp.slots.views.bp,
    webapp.runs.views.bp,
    webapp.journal.views.bp,
    webapp.reaps.views.bp,
    webapp.registry.views.bp,
    webapp.jobs.views.bp,
    webapp.platform.views.bp,
    webapp.host_images.views.bp,
)
_AUTHENTICATION = (webapp.authentication.views.bp, webapp.authentication.invited.bp, webapp.users.views.bp)


def create_web(
    settings: Settings,
    database: Database,
    bell: Bell | None = None,
    director: Transport | None = None,
    carry: Carrying | None = None,
) -> Flask:
    """The workbench: its pages and /api/v0."""
    app = _create("web", settings, database, _WEB)
    app.extensions["bell"] = bell or Bell(database)
    asking.install(app, settings.director_url, director)
    carrying.install(app, settings.files_url, carry)
    client.install(app, settings.client_dir)
    return app


def create_authentication(settings: Settings, database: Database) -> Flask:
    """Who you are, whether you may, and where to."""
    app = _create("authentication", settings, database, _AUTHENTICATION)
    limiter.init_app(app)
    app.register_blueprint(webapp.authentication.gate.bp)
    return app


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
