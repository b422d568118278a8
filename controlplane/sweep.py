"""Keeps the catalogue in step with the registry: what it was told of at once, everything in slow rounds.

The registry tells of every push and deletion (services/registry/config.yml). The rounds catch what it did not tell,
and serve registries that tell nothing. A round reads each list of tags once, and asks for a part of the tags what they
stand for: nothing is asked in a burst.
"""

import logging
import threading
import time

from sqlalchemy import func, select

from controlplane import catalogue
from controlplane.database import Database
from controlplane.errors import RegistryUnreadable
from controlplane.model import Service
from controlplane.ports import Registry

log = logging.getLogger(__name__)
# Seconds: a round with many repositories takes this long, and the next begins no earlier.
ROUND = 60.0
# Seconds between two repositories; less when there are too many for one round.
_PAUSE = 0.1
# Of the tags that are known, a fifth is asked for in each round.
_PARTS = 5
_PATIENCE = 3
_AWAY = 10.0
# More names than this at once are a sweep's work.
_MOST = 1000


class Sweep:
    """One per deployment, in a thread of its own; `tell` may be called by any thread."""

    def __init__(self, database: Database, registry: Registry, round_seconds: float = ROUND):
        self._database, self._registry, self._seconds = database, registry, round_seconds
        self._told: dict[str, set[str]] = {}
        self._lock, self._wake = threading.Lock(), threading.Event()
        self._stop = threading.Event()
        self._number = 0

    def tell(self, repository: str, tag: str | None = None) -> None:
        """Something changed in a repository: a tag, or it is not known what."""
        with self._lock:
            if repository in self._told or len(self._told) < _MOST:
                self._told.setdefault(repository, set()).update({tag} if tag else ())
        self._wake.set()

    def stop(self) -> None:
        """End the thread's work soon."""
        self._stop.set()
        self._wake.set()

    def run(self) -> None:
        """Until `stop`; whatever fails is tried again later, and nothing is forgotten meanwhile."""
        self._prepare()
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self.round()
                self._wait(began + self._seconds - time.monotonic())
            except RegistryUnreadable as error:
                log.warning("%s", error)
                self._rest()
            except Exception:
                log.exception("The catalogue could not be refreshed; it shows what was known before.")
                self._rest()

    def round(self) -> None:
        """All lists, and a part of the tags; in `seconds`, or faster for the first ever. Raises ``RegistryUnreadable``."""
        names = self._registry.repositories()
        catalogue.forget_others(self._database, names)
        pause = 0.0 if self._is_empty() else min(_PAUSE, self._seconds / (len(names) or 1))
        self._number += 1
        failures = 0
        for name in names:
            try:
                catalogue.refresh_repository(self._database, self._registry, name, self._part(name))
                failures = 0
            except RegistryUnreadable:
                failures += 1
                if failures == _PATIENCE:
                    raise
            self._wait(pause)
            if self._stop.is_set():
                return

    def hear(self) -> None:
        """Read what was told of. Raises ``RegistryUnreadable``; it is told of again then."""
        with self._lock:
            told, self._told = self._told, {}
        for repository in list(told):
            try:
                catalogue.refresh_repository(self._database, self._registry, repository, told[repository])
            except Exception:
                with self._lock:
                    for name in told:
                        self._told.setdefault(name, set()).update(told[name])
                raise
            del told[repository]

    def _part(self, repository: str) -> list[str]:
        tags = sorted(catalogue.digests(self._database, repository))
        return [tag for place, tag in enumerate(tags) if place % _PARTS == self._number % _PARTS]

    def _is_empty(self) -> bool:
        with self._database.begin() as session:
            return not session.scalar(select(func.count()).select_from(Service))

    def _prepare(self) -> None:
        try:
            catalogue.judge_again(self._database)
        except Exception:
            log.exception("The catalogue could not be judged again; it shows what was known before.")

    def _wait(self, seconds: float) -> None:
        """A pause in which what is told of is read at once."""
        deadline = time.monotonic() + seconds
        while not self._stop.is_set():
            if self._told:
                self.hear()
            self._wake.clear()
            if self._told:  # told between the look and the clearing
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._wake.wait(left)

    def _rest(self) -> None:
        self._stop.wait(_AWAY)
