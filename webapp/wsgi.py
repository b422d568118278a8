"""What gunicorn serves: `webapp.wsgi:web()` and `webapp.wsgi:authentication()`."""

import logging
import threading

from flask import Flask

from controlplane import answers, garbage, presence
from controlplane.database import Database
from controlplane.settings import Settings, settings
from webapp.app import create_authentication, create_web

log = logging.getLogger(__name__)


def web() -> Flask:
    """The part `web`."""
    chosen = settings()
    rows = _rows(chosen)
    _begin_heartbeat(rows, "web")
    app = create_web(chosen, rows)
    garbage.relax()
    return app


def authentication() -> Flask:
    """The part `authentication`."""
    chosen = settings()
    rows = _rows(chosen)
    _begin_heartbeat(rows, "authentication")
    app = create_authentication(chosen, rows)
    garbage.relax()
    return app


def _rows(chosen: Settings) -> Database:
    return answers.watch(Database(chosen.database), answers.tell_gateways(chosen.gateway_url))


def _begin_heartbeat(database: Database, part: str) -> None:
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
                log.warning("The heartbeat could not be written; the reaper waits until it can.")
            pause.wait(5)

    threading.Thread(target=beat, name="heartbeat", daemon=True).start()
