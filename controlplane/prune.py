"""Removes from the registry what nothing uses: a plan that is shown first, and then exactly that plan, by a playbook."""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from controlplane import catalogue, journal, stock
from controlplane.clock import now
from controlplane.database import Database
from controlplane.errors import Conflict, RegistryUnreadable, WorldMoved
from controlplane.model import Service
from controlplane.ports import Adapters, Outcome
from controlplane.runs import Recorder
from controlplane.settings import Settings
from controlplane.stock import Item, Plan

log = logging.getLogger(__name__)
PLAYBOOK = "registry_prune.yml"


@dataclass(frozen=True)
class Stock:
    """What there is, and what of it would go."""

    items: list[Item]
    plan: Plan
    read_at: datetime


class Pruner:
    """The director's: one prune at a time."""

    def __init__(self, database: Database, adapters: Adapters, settings: Settings):
        self._database, self._adapters, self._settings = database, adapters, settings
        self._one = threading.Lock()
        self._thread: threading.Thread | None = None

    def look(self, keep: int) -> Stock:
        """The registry, with what uses each image now. Raises ``RegistryUnreadable``, ``SwarmUnreadable``."""
        stored, in_swarm = self._adapters.registry.stored(), self._adapters.swarm.images()
        with self._database.begin() as session:
            items = stock.weigh(session, stored, in_swarm, keep)
        return Stock(items, stock.plan_of(items, keep), now())

    def apply(self, plan_id: str, keep: int) -> str:
        """Begin with exactly this plan; the id of the run that does it.

        From here on nobody puts one of its images on a canvas; then it is looked once more. Raises ``WorldMoved`` when
        the plan is another by now, ``Conflict`` when it is empty or one is under way.
        """
        if not self._one.acquire(blocking=False):
            raise Conflict("Images are being removed just now; nothing was changed. Wait for that run to end.")
        try:
            found = self.look(keep)
            if found.plan.id != plan_id:
                raise WorldMoved
            if not found.plan.items:
                raise Conflict("Nothing in the registry is without use; nothing was changed.")
            self._withdraw(found.plan)
            return self._begin(self._sure(plan_id, keep))
        except BaseException:
            self._give_back()
            self._one.release()
            raise

    def join(self) -> None:
        """Wait for the run that is under way."""
        if self._thread:
            self._thread.join()

    def forget_interrupted(self) -> None:
        """A director that was killed may have left images withdrawn that are there."""
        self._give_back()

    def _withdraw(self, plan: Plan) -> None:
        """Waits for those who put one on a canvas at this moment; whoever comes later is told that it leaves."""
        with self._database.begin() as session:
            for item in plan.items:
                tags = Service.version.in_(item.image.tags)
                session.execute(update(Service).where(Service.key == item.image.repository, tags).values(leaving_at=now()))

    def _sure(self, plan_id: str, keep: int) -> Stock:
        again = self.look(keep)
        if again.plan.id != plan_id:
            raise WorldMoved
        return again

    def _begin(self, found: Stock) -> str:
        manifests = stock.manifests_of(found.plan, found.items)
        inputs = {
            "registry_prune_url": self._settings.registry_url,
            "registry_prune_user": self._settings.registry_user,
            "registry_prune_manifests": manifests,
        }
        with self._database.begin() as session:
            for item in found.plan.items:
                _note(session, item)
        recorder = Recorder(self._database, PLAYBOOK, [], inputs, self._settings.secrets)
        self._thread = threading.Thread(target=self._run, args=(recorder, inputs, found.plan), name="prune", daemon=True)
        self._thread.start()
        return recorder.id

    def _run(self, recorder: Recorder, inputs: dict[str, Any], plan: Plan) -> None:
        try:
            run = self._adapters.provisioner.run
            recorder.close(run(f"playbooks/{PLAYBOOK}", inputs, recorder.note, recorder.is_cancel_asked))
        except Exception as error:
            log.exception("The run that prunes the registry could not be made.")
            recorder.close(Outcome(False, f"The run could not be made ({error}); see the director's log."))
        finally:
            self._read_again(plan)
            self._give_back()
            self._one.release()

    def _read_again(self, plan: Plan) -> None:
        """What is gone leaves the catalogue before anything is offered again."""
        try:
            for repository in {item.image.repository for item in plan.items}:
                catalogue.refresh_repository(self._database, self._adapters.registry, repository)
        except RegistryUnreadable as error:
            log.warning("The catalogue will be read again by the sweep: %s", error)

    def _give_back(self) -> None:
        with self._database.begin() as session:
            session.execute(update(Service).where(Service.leaving_at.is_not(None)).values(leaving_at=None))


def _note(session: Session, item: Item) -> None:
    image = item.image
    subject = f"{image.repository}@{image.digest}"
    journal.note(session, journal.Action.REMOVE, "image", subject[-200:], name=image.repository, tags=list(image.tags))
