"""Applications that describe themselves in an OpenAPI document."""

import warnings
from typing import Any, cast

from apiflask import APIFlask

from controlplane import __version__
from webapp import envelope, identity


def documented(title: str, blueprints: tuple[Any, ...], name: str = "werkbank") -> APIFlask:
    """An application with these blueprints, whose answers have the envelope."""
    app = APIFlask(name, title=title, version=__version__, spec_path=None, docs_path=None)
    app.config.update(
        BASE_RESPONSE_SCHEMA=envelope.Envelope,
        BASE_RESPONSE_DATA_KEY="data",
        VALIDATION_ERROR_STATUS_CODE=400,
        HTTP_ERROR_SCHEMA=envelope.ErrorEnvelope,
        VALIDATION_ERROR_SCHEMA=envelope.ErrorEnvelope,
        SECURITY_SCHEMES={name: identity.security(name) for name in ("session", "token")},
    )
    app.security_schemes = app.config["SECURITY_SCHEMES"]
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


def document(app: APIFlask) -> dict[str, Any]:
    """The OpenAPI document."""
    with app.app_context(), warnings.catch_warnings():
        # A schema that is an answer by itself and a part of another is met twice; both mean the same component.
        warnings.filterwarnings("ignore", message=".*has already been added to the spec", category=UserWarning)
        return cast("dict[str, Any]", app.spec)
