"""Brings images to hosts before a node needs them there: what lacks is pulled by a run, image by image.

It is level-triggered as the loop is: each look compares which image is to be on which host with what is known of it. A host
that was away, or an image that is new, has no row that says so; then it is pulled, which costs nothing where it is there.
"""

import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from controlplane.ahead import plan
from controlplane.ahead.model import HostImage
from controlplane.ahead.plan import HostTraits, Image
from controlplane.ahead.wanted import Wanted
from controlplane.clock import now
from controlplane.database import Database
from controlplane.errors import SwarmUnreadable
from controlplane.model import Desired, Node, Observed
from controlplane.ports import Adapters, Outcome
from controlplane.runs import Recorder
from controlplane.settings import Settings

log = logging.getLogger(__name__)
PLAYBOOK = "images_ahead.yml"
# Services that pull carry it (roles/images_ahead/library/images_ahead.py).
LABEL = "werkbank.ahead"
# Seconds that a run may take beyond the pulls themselves.
_BESIDE = 60
_CANCELED = "An administrator canceled the run that was to pull it. A node that starts on this host pulls it itself."


class HostImages(Protocol):
    """Reads hosts and what they have, and only reads. Each raises ``SwarmUnreadable``."""

    def hosts(self) -> tuple[HostTraits, ...]:
        """All hosts of the swarm."""

    def here(self, images: set[str]) -> tuple[str, frozenset[str]]:
        """The id of the host that the director is on, and which of these images its engine has."""

    def pulling(self) -> frozenset[str]:
        """The names of this deployment's services that pull an image."""


class Ahead:
    """One per deployment; `look` may be called at any time, by one thread."""

    def __init__(self, database: Database, adapters: Adapters, settings: Settings):
        self._database, self._adapters, self._settings = database, adapters, settings
        self._wanted = Wanted()
        self._thread: threading.Thread | None = None

    def look(self, leads: Callable[[], bool] = lambda: True) -> None:
        """Note what is to be where, remove what a killed director left, and begin what comes next unless a run is under way."""
        if not leads():
            return
        try:
            is_busy = self._is_busy
            pulling, hosts = self._adapters.host_images.pulling(), self._adapters.host_images.hosts()
            with self._database.begin() as session:
                rows = self._refresh(session, hosts)
                for row in rows if not is_busy else ():
                    # Nobody is at it any more: a director that was killed had begun.
                    row.state = "waiting" if row.state == "pulling" else row.state
                due = [] if is_busy or _is_start_waited_for(session) else plan.batch(rows, now())
                for row in due:
                    row.state, row.since, row.failure, row.next_attempt_at = "pulling", now(), None, None
        except SwarmUnreadable as error:
            log.warning("%s", error)
            return
        if not is_busy and (due or pulling):
            self._begin(due, sorted(pulling))

    def join(self) -> None:
        """Wait for the run that is under way."""
        if self._thread:
            self._thread.join()

    @property
    def _is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    # What is to be where -------------------------------------------------------------------------------------------

    def _refresh(self, session: Session, hosts: tuple[HostTraits, ...]) -> list[HostImage]:
        """A row for each pair that is wanted, and no other."""
        most = self._settings.images_ahead
        images = plan.wanted(self._wanted.candidates(session), most) if most else []
        pairs = plan.pairs(images, hosts)
        rows = {(row.host_id, row.digest): row for row in session.scalars(select(HostImage))}
        for key in rows.keys() - pairs.keys():
            session.delete(rows.pop(key))
        for key, (host, image, place) in pairs.items():
            row = rows.setdefault(key, HostImage(host_id=host.id, digest=image.digest, state="waiting", since=now(), attempts=0))
            session.add(row)
            _set(row, host=host.name, place=place, repository=image.repository, tag=image.tag, image=image.image)
        self._see_own_host(list(rows.values()), images)
        return list(rows.values())

    def _see_own_host(self, rows: list[HostImage], images: list[Image]) -> None:
        """The one host whose engine can be asked: where it has the image nothing is run, and what was removed is found."""
        own, there = self._adapters.host_images.here({image.image for image in images}) if images else ("", frozenset())
        for row in [row for row in rows if row.host_id == own and row.state != "pulling"]:
            if row.image in there and row.state != "here":
                _set(row, state="here", since=now(), failure=None, attempts=0, next_attempt_at=None)
            elif row.image not in there and row.state == "here":
                _set(row, state="waiting", since=now())

    # Pulling -------------------------------------------------------------------------------------------------------

    def _begin(self, due: list[HostImage], left: list[str]) -> None:
        inputs = {
            "images_ahead_stack": self._settings.stack,
            "images_ahead_present": [
                {
                    "name": f"{self._settings.stack}_ahead_{secrets.token_hex(8)}",
                    "image": row.image,
                    "host": row.host_id,
                    "host_name": row.host,
                }
                for row in due
            ],
            "images_ahead_absent": left,
            "images_ahead_patience": self._settings.fetch_timeout,
        }
        recorder = Recorder(self._database, PLAYBOOK, [], inputs, self._settings.secrets)
        keys = [(row.host_id, row.digest) for row in due]
        self._write(keys, run_id=recorder.id)
        self._thread = threading.Thread(target=self._run, args=(recorder, inputs, keys), name="ahead", daemon=True)
        self._thread.start()

    def _run(self, recorder: Recorder, inputs: dict[str, Any], keys: list[tuple[str, str]]) -> None:
        try:
            outcome = self._adapters.provisioner.run(
                f"playbooks/{PLAYBOOK}",
                inputs,
                recorder.note,
                recorder.is_cancel_asked,
                timeout=self._settings.fetch_timeout + _BESIDE,
            )
        except Exception as error:
            log.exception("The run that pulls images could not be made.")
            outcome = Outcome(False, f"The run could not be made ({error}); see the director's log.")
        recorder.close(outcome)
        self._learn(keys, outcome)

    def _learn(self, keys: list[tuple[str, str]], outcome: Outcome) -> None:
        """What the run told of each host; of a host that it told nothing of, why it ended."""
        told = {each["host"]: each.get("why") for each in outcome.told.get("images_ahead") or ()}
        otherwise = _CANCELED if outcome.is_canceled else outcome.message or "The run ended without a word on it."
        for key in keys:
            why = told.get(key[0], otherwise)
            if why is None:
                self._write([key], state="here", since=now(), attempts=0)
            else:
                self._fail(key, why)

    def _fail(self, key: tuple[str, str], why: str) -> None:
        """It is tried again, ever more rarely."""
        with self._database.begin() as session:
            row = session.get(HostImage, key)
            attempts = row.attempts + 1 if row else 1
        again = now() + plan.pause(attempts)
        self._write([key], state="failed", since=now(), failure=why, attempts=attempts, next_attempt_at=again)
        log.warning("An image is not on its host yet, and is tried again at %s: %s", again.isoformat("T", "seconds"), why)

    def _write(self, keys: list[tuple[str, str]], **values: Any) -> None:
        """Into rows that are still there."""
        with self._database.begin() as session:
            for host_id, digest in keys:
                wanted = (HostImage.host_id == host_id, HostImage.digest == digest)
                session.execute(update(HostImage).where(*wanted).values(values))


def list_host_images(session: Session) -> list[HostImage]:
    """All of them, by host, the likeliest first."""
    return list(session.scalars(select(HostImage).order_by(HostImage.host, HostImage.host_id, HostImage.place)))


def _set(row: HostImage, **values: Any) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _is_start_waited_for(session: Session) -> bool:
    """Whether somebody waits for a node: what the network and the disks can do is theirs."""
    starting = (Node.desired == Desired.RUNNING, Node.observed != Observed.RUNNING, Node.failure.is_(None))
    return session.scalar(select(Node.id).where(*starting).limit(1)) is not None
