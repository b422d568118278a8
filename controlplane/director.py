"""What the director does while it leads: the loop, the scheduled jobs and the REST interface on port 8001."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import waitress
from apscheduler.schedulers.background import BackgroundScheduler
from werkzeug.serving import make_server

from controlplane import deployments, jobs, kept_logs, presence, projects, reaps, runs
from controlplane.ahead.pulls import Ahead
from controlplane.database import Bell, Database
from controlplane.errors import SwarmUnreadable
from controlplane.files import Files
from controlplane.hosts import Hosts
from controlplane.job_kinds import KINDS
from controlplane.job_worker import JobWorker
from controlplane.loop import run_loop
from controlplane.platform import Platform
from controlplane.porter.built import remote_porters
from controlplane.porter.remote import AllPorters
from controlplane.ports import Adapters
from controlplane.prune import Pruner
from controlplane.reaper import Reaper
from controlplane.reconcile import Reconciler
from controlplane.settings import Settings
from controlplane.sweep import Sweep

log = logging.getLogger(__name__)
# Most of these threads wait with a client until its service runs (webapp/director/running.py); looking one request
# ahead is how a client that went away is noticed.
_WAITRESS: dict[str, Any] = {"threads": 64, "channel_request_lookahead": 1}

# Each looks anew at all there is: on a busy machine it comes late rather than not at all, and never twice at once.
_JOBS: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


class Director:
    """One in a process. ``leads`` tells whether this process still is the only director."""

    def __init__(self, database: Database, adapters: Adapters, chosen: Settings, leads: Callable[[], bool]):
        self._database, self._adapters, self._chosen, self._leads = database, adapters, chosen, leads
        self._reconciler = Reconciler(database, adapters, chosen)
        self._reaper = Reaper(database, adapters.prober, chosen.grace)
        self._pruner = Pruner(database, adapters, chosen)
        self._jobs = JobWorker(database, adapters, chosen, KINDS)
        self._ahead = Ahead(database, adapters, chosen)
        self._sweep = Sweep(database, adapters.registry)
        self._hosts = Hosts(database, adapters.swarm)
        self._remote = remote_porters(database, adapters, chosen)
        self._files = Files(database, AllPorters(adapters.porters, self._remote), chosen.stack)
        self._scheduler = BackgroundScheduler(job_defaults=_JOBS)
        self._stop = threading.Event()

    def begin(self) -> None:
        """Take up what the director before this one left, and start everything but the loop."""
        self._pruner.forget_interrupted()
        self._jobs.take_up()
        for target in (self._hear_bell, self._hear_swarm, self._sweep.run):
            threading.Thread(target=target, name=target.__name__.strip("_"), daemon=True).start()
        self._schedule()
        self._serve()

    def run(self) -> None:
        """The loop, until this is told to stop, or another leads."""
        run_loop(self._reconciler, self._stop, leads=self._leads)

    def stop(self) -> None:
        """Let the loop end."""
        self._stop.set()
        self._reconciler.wake.set()

    def close(self) -> None:
        """Wait for what is under way."""
        self._scheduler.shutdown(wait=False)
        self._sweep.stop()
        self._files.close()
        self._reconciler.close()

    # Wishes in the database and changes in the swarm both call for a look ----------------------------------------

    def _hear_bell(self) -> None:
        bell = Bell(self._database)
        count = bell.count()
        while not self._stop.is_set():
            if (heard := bell.wait(count, 60)) != count:
                count = heard
                self._reconciler.wish()

    def _hear_swarm(self) -> None:
        while not self._stop.is_set():
            try:
                for _ in self._adapters.swarm.changes():
                    self._reconciler.wake.set()
            except Exception as error:  # whatever ends the stream, the loop looks by itself meanwhile
                log.warning("The engine's events stopped (%s); listening again in 2 s.", error)
            self._stop.wait(2)

    # What comes by the clock -------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        every = {
            "asked for": (1, lambda: self._jobs.look(self._leads)),
            "reaper": (5, lambda: self._reaper.run(self._leads)),
            "heartbeat": (5, self._beat),
            "porters": (5, self._sweep_porters),
            "hosts": (10, self._look_at_hosts),
            "deployments": (15, self._note_deployments),
            "images ahead": (15, lambda: self._ahead.look(self._leads)),
            "kept logs": (300, self._forget_logs),
            "trash": (600, self._empty_trash),
            "housekeeping": (3600, self._forget_runs),
        }
        for name, (seconds, act) in every.items():
            self._scheduler.add_job(act, "interval", seconds=seconds, id=name, name=name)
        self._scheduler.start()

    def _beat(self) -> None:
        # These run no code of ours: that they do their work is their sign of life.
        signs = {"director": True, "gateway": self._adapters.prober.is_open(), "engine": self._reconciler.has_just_looked}
        with self._database.begin() as session:
            for part in [part for part, is_there in signs.items() if is_there]:
                presence.beat(session, part)

    def _sweep_porters(self) -> None:
        if self._leads():
            self._remote.sweep()

    def _look_at_hosts(self) -> None:
        with suppress(SwarmUnreadable):
            self._hosts.look()

    def _note_deployments(self) -> None:
        with suppress(SwarmUnreadable):
            deployments.note_outside(self._database, self._adapters.cluster)
            deployments.note_settings(self._database, self._adapters.cluster)

    def _forget_logs(self) -> None:
        with self._database.begin() as session:
            kept_logs.forget_old(session)
            reaps.forget_old(session)
            jobs.forget_old(session, timedelta(days=self._chosen.runs_keep_days))

    def _empty_trash(self) -> None:
        with self._database.begin() as session:
            if count := projects.empty_trash(session, timedelta(days=self._chosen.trash_days)):
                log.info("%d projects had been in the trash for %d days; they are removed.", count, self._chosen.trash_days)

    def _forget_runs(self) -> None:
        runs.forget_old(self._database, timedelta(days=self._chosen.runs_keep_days), self._chosen.runs_keep)

    # The REST interface, in threads of its own -------------------------------------------------------------------

    def _serve(self) -> None:
        """The one place where the control plane meets the web application."""
        from webapp.director import Outside, create_app, running  # noqa: PLC0415  only this process serves it

        running.forget_unanswered(self._database)
        outside = Outside(
            looked_at=lambda: self._reconciler.looked_at,
            view=self._adapters.swarm.view,
            tell=self._sweep.tell,
            logs=self._adapters.swarm.logs,
            platform=Platform(self._adapters, self._chosen, self._database),
            reaper_is_wrong=self._reaper.health.wrong,
            reaping=lambda: {"reaper": self._reaper.health.body() | {"left_alone": self._reconciler.orphans.left_alone}},
            pruner=self._pruner,
            files=self._files,
            closed_to=self._subnets_of_porters(),
        )
        app = create_app(self._chosen, self._database, outside)
        threading.Thread(
            target=lambda: waitress.serve(app, host="0.0.0.0", port=8001, ident="werkbank", **_WAITRESS),  # noqa: S104
            name="rest",
            daemon=True,
        ).start()
        # Waitress keeps a request's body before it hands it on; files of any size come to a listener that does not.
        streams = make_server("0.0.0.0", 8002, app, threaded=True)  # noqa: S104
        threading.Thread(target=streams.serve_forever, name="files", daemon=True).start()

    def _subnets_of_porters(self) -> tuple[str, ...]:
        """Asked until the engine tells: without it a porter might ask the director for anything."""
        while True:
            try:
                return self._adapters.porter_services.subnets()
            except SwarmUnreadable as error:
                log.warning("%s It is asked again.", error)
                time.sleep(1)
