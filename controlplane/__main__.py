"""The director's process: the loop, the scheduled jobs and the REST interface on port 8001."""

import base64
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import waitress
from apscheduler.schedulers.background import BackgroundScheduler
from werkzeug.serving import make_server

from controlplane import accounts, answers, deployments, jobs, kept_logs, presence, projects, reaps, runs
from controlplane.ahead.pulls import Ahead
from controlplane.bootstrap import real_adapters
from controlplane.database import Bell, Database
from controlplane.errors import SwarmUnreadable
from controlplane.files import Files
from controlplane.hosts import Hosts
from controlplane.job_kinds import KINDS
from controlplane.job_worker import JobWorker
from controlplane.leader import Leadership, connecting
from controlplane.loop import run_loop
from controlplane.platform import Platform
from controlplane.porter.built import remote_porters
from controlplane.porter.remote import AllPorters, RemotePorters
from controlplane.ports import Adapters
from controlplane.prune import Pruner
from controlplane.reaper import Reaper
from controlplane.reconcile import Reconciler
from controlplane.settings import Settings, settings
from controlplane.sweep import Sweep

log = logging.getLogger("controlplane")
# Most of these threads wait with a client until its service runs (webapp/director/running.py); looking one request
# ahead is how a client that went away is noticed.
_WAITRESS: dict[str, Any] = {"threads": 64, "channel_request_lookahead": 1}

# Each looks anew at all there is: on a busy machine it comes late rather than not at all, and never twice at once.
_JOBS: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


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
    adapters = real_adapters(chosen)
    reconciler = Reconciler(database, adapters, chosen)
    reaper = Reaper(database, adapters.prober, chosen.grace)
    pruner = Pruner(database, adapters, chosen)
    pruner.forget_interrupted()
    worker = JobWorker(database, adapters, chosen, KINDS)
    worker.take_up()
    stop = _stop_on_signals(reconciler)
    _wake_on_changes(database, adapters, reconciler, stop)
    scheduler = _scheduled(database, chosen, adapters, reconciler, lambda: reaper.run(leadership.holds))
    scheduler.add_job(lambda: _note_outside(database, adapters), "interval", seconds=15, id="deployments")
    scheduler.add_job(lambda: worker.look(leadership.holds), "interval", seconds=1, id="asked for")
    ahead = Ahead(database, adapters, chosen)
    scheduler.add_job(lambda: ahead.look(leadership.holds), "interval", seconds=15, id="images ahead")
    sweep = Sweep(database, adapters.registry)
    threading.Thread(target=sweep.run, name="sweep", daemon=True).start()
    world: dict[str, Any] = {"view": adapters.swarm.view, "tell": sweep.tell, "logs": adapters.swarm.logs}
    remote = remote_porters(database, adapters, chosen)
    scheduler.add_job(lambda: _tidy(remote, leadership.holds), "interval", seconds=5, id="porters")
    files = Files(database, AllPorters(adapters.porters, remote), chosen.stack)
    world |= {"pruner": pruner, "platform": Platform(adapters, chosen, database), "files": files}
    world["closed_to"] = _subnets_of_porters(adapters)
    for job in scheduler.get_jobs():
        job.modify(name=job.id)
    _serve(database, chosen, reconciler, reaper, **world)
    log.info("The director is ready: stack %s, grace %s.", chosen.stack, chosen.grace)
    run_loop(reconciler, stop, leads=leadership.holds)
    if leadership.is_lost:
        # At once, and with the runs under way: whoever leads now must not meet them.
        logging.shutdown()
        os._exit(1)
    scheduler.shutdown(wait=False)
    sweep.stop()
    files.close()
    reconciler.close()
    log.info("The director has stopped; running nodes stay as they are.")


def _begin_anew(database: Database, chosen: Settings) -> None:
    """What the director before this one left, and the first login."""
    with database.begin() as session:
        runs.close_interrupted(session)
        if accounts.ensure_first_admin(session, chosen.admin_email, chosen.admin_password.get_secret_value()):
            log.info("The first login is %s; its password is WERKBANK_ADMIN_PASSWORD in .env.", chosen.admin_email)


def _stop_on_signals(reconciler: Reconciler) -> threading.Event:
    """Set when the process is told to end; the loop hears it at once."""
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        reconciler.wake.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return stop


def _note_outside(database: Database, adapters: Adapters) -> None:
    with suppress(SwarmUnreadable):
        deployments.note_outside(database, adapters.cluster)
        deployments.note_settings(database, adapters.cluster)


def _tidy(remote: RemotePorters, leads: Callable[[], bool]) -> None:
    if leads():
        remote.sweep()


def _subnets_of_porters(adapters: Adapters) -> tuple[str, ...]:
    """Asked until the engine tells: without it a porter might ask the director for anything."""
    while True:
        try:
            return adapters.porter_services.subnets()
        except SwarmUnreadable as error:
            log.warning("%s It is asked again.", error)
            time.sleep(1)


def _log_in_to_registry(chosen: Settings) -> None:
    """Give the engine's client the registry's login (the swarm hands it to hosts that pull); a file, never an argument."""
    folder = Path(os.environ.get("DOCKER_CONFIG", Path.home() / ".docker"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    login = {"username": chosen.registry_user, "password": chosen.registry_password.get_secret_value()}
    file = folder / "config.json"
    file.touch(mode=0o600)
    text = base64.b64encode(f"{login['username']}:{login['password']}".encode()).decode()
    file.write_text(json.dumps({"auths": {chosen.registry: {"auth": text}}}))


def _wake_on_changes(database: Database, adapters: Adapters, reconciler: Reconciler, stop: threading.Event) -> None:
    """Wishes in the database and changes in the swarm both call for a look."""
    bell = Bell(database)

    def hear_bell() -> None:
        count = bell.count()
        while not stop.is_set():
            if (heard := bell.wait(count, 60)) != count:
                count = heard
                reconciler.wish()

    def hear_swarm() -> None:
        while not stop.is_set():
            try:
                for _ in adapters.swarm.changes():
                    reconciler.wake.set()
            except Exception as error:  # whatever ends the stream, the loop looks by itself meanwhile
                log.warning("The engine's events stopped (%s); listening again in 2 s.", error)
            stop.wait(2)

    for target in (hear_bell, hear_swarm):
        threading.Thread(target=target, name=target.__name__, daemon=True).start()


def _scheduled(
    database: Database, chosen: Settings, adapters: Adapters, reconciler: Reconciler, reap: Callable[[], None]
) -> BackgroundScheduler:
    """Reaper, hosts, heartbeat and housekeeping."""
    hosts = Hosts(database, adapters.swarm)

    def beat() -> None:
        # These run no code of ours: that they do their work is their sign of life.
        signs = {"director": True, "gateway": adapters.prober.is_open(), "engine": reconciler.has_just_looked}
        with database.begin() as session:
            for part in [part for part, is_there in signs.items() if is_there]:
                presence.beat(session, part)

    def look_at_hosts() -> None:
        with suppress(SwarmUnreadable):
            hosts.look()

    def forget() -> None:
        runs.forget_old(database, timedelta(days=chosen.runs_keep_days), chosen.runs_keep)

    def forget_logs() -> None:
        with database.begin() as session:
            kept_logs.forget_old(session)
            reaps.forget_old(session)
            jobs.forget_old(session, timedelta(days=chosen.runs_keep_days))

    def empty_trash() -> None:
        with database.begin() as session:
            if count := projects.empty_trash(session, timedelta(days=chosen.trash_days)):
                log.info("%d projects had been in the trash for %d days; they are removed.", count, chosen.trash_days)

    scheduler = BackgroundScheduler(job_defaults=_JOBS)
    scheduler.add_job(reap, "interval", seconds=5, id="reaper")
    scheduler.add_job(look_at_hosts, "interval", seconds=10, id="hosts")
    scheduler.add_job(beat, "interval", seconds=5, id="heartbeat")
    scheduler.add_job(forget, "interval", hours=1, id="housekeeping")
    scheduler.add_job(forget_logs, "interval", minutes=5, id="kept logs")
    scheduler.add_job(empty_trash, "interval", minutes=10, id="trash")
    scheduler.start()
    return scheduler


def _serve(database: Database, chosen: Settings, reconciler: Reconciler, reaper: Reaper, **world: Any) -> None:
    """The REST interface, in threads of its own. The one place where the control plane meets the web application."""
    from webapp.director import create_app, running  # noqa: PLC0415  only this process serves it

    def reaping() -> dict[str, Any]:
        return {"reaper": reaper.health.body() | {"left_alone": reconciler.orphans.left_alone}}

    running.forget_unanswered(database)
    world |= {"reaper_is_wrong": reaper.health.wrong, "reaping": reaping}
    app = create_app(chosen, database, lambda: reconciler.looked_at, **world)
    threading.Thread(
        target=lambda: waitress.serve(app, host="0.0.0.0", port=8001, ident="werkbank", **_WAITRESS),  # noqa: S104
        name="rest",
        daemon=True,
    ).start()
    # Waitress keeps a request's body before it hands it on; files of any size come to a listener that does not.
    streams = make_server("0.0.0.0", 8002, app, threaded=True)  # noqa: S104
    threading.Thread(target=streams.serve_forever, name="files", daemon=True).start()


if __name__ == "__main__":
    main()
