"""What gunicorn serves: `webapp.wsgi:web()` and `webapp.wsgi:authentication()`."""

from flask import Flask

from controlplane.settings import settings
from webapp.app import create_authentication, create_web


def web() -> Flask:
    """The part `web`."""
    return create_web(settings())


def authentication() -> Flask:
    """The part `authentication`."""
    return create_authentication(settings())
