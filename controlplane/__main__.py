"""The director's process: it waits until it is the only one, does its work, and ends when it is told to."""

import base64
import json
import logging
import os
import signal
import sys
from pathlib import Path

from controlplane import accounts, answers, garbage, runs
from controlplane.bootstrap import real_adapters
from controlplane.database import Database
from controlplane.director import Director
from controlplane.leader import Leadership, connecting
from controlplane.settings import Settings, settings

log = logging.getLogger("controlplane")


def main() -> None:
    """Run until SIGTERM."""
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", stream=sys.stdout)
    # That a job is left out while its last turn is at work is no news.
    logging.getLogger("apscheduler").setLevel("ERROR")
    logging.getLogger("alembic").setLevel("WARNING")
    chosen = settings()
    _log_in_to_registry(chosen)
    database = answers.watch(Database(chosen.database), answers.tell_gateways(chosen.gateway_url))
    leadership = Leadership(connecting(database.engine.url))
    log.info("Waiting to be the only director of this deployment.")
    leadership.take()
    database.migrate()
    _begin_anew(database, chosen)
    director = Director(database, real_adapters(chosen), chosen, leadership.holds)
    _stop_on_signals(director)
    director.begin()
    garbage.relax()
    log.info("The director is ready: stack %s, grace %s.", chosen.stack, chosen.grace)
    director.run()
    if leadership.is_lost:
        # At once, and with the runs under way: whoever leads now must not meet them.
        logging.shutdown()
        os._exit(1)
    director.close()
    log.info("The director has stopped; running nodes stay as they are.")


def _begin_anew(database: Database, chosen: Settings) -> None:
    """What the director before this one left, and the first login."""
    with database.begin() as session:
        runs.close_interrupted(session)
        if accounts.ensure_first_admin(session, chosen.admin_email, chosen.admin_password.get_secret_value()):
            log.info("The first login is %s; its password is WERKBANK_ADMIN_PASSWORD in .env.", chosen.admin_email)


def _stop_on_signals(director: Director) -> None:
    """The loop hears it at once."""
    signal.signal(signal.SIGTERM, lambda *_: director.stop())
    signal.signal(signal.SIGINT, lambda *_: director.stop())


def _log_in_to_registry(chosen: Settings) -> None:
    """Give the engine's client the registry's login (the swarm hands it to hosts that pull); a file, never an argument."""
    folder = Path(os.environ.get("DOCKER_CONFIG", Path.home() / ".docker"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    login = {"username": chosen.registry_user, "password": chosen.registry_password.get_secret_value()}
    file = folder / "config.json"
    file.touch(mode=0o600)
    text = base64.b64encode(f"{login['username']}:{login['password']}".encode()).decode()
    file.write_text(json.dumps({"auths": {chosen.registry: {"auth": text}}}))


if __name__ == "__main__":
    main()
