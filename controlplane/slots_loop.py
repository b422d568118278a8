"""The loop's part for slots: as many as there should be are started, and what is outdated, failed or too much is closed.

It is level-triggered as the rest: what a slot is stands in its row, what it became in the swarm. Somebody may claim a slot
at any moment, which deletes its row; so each change here is one statement that finds the row, or finds nothing.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from controlplane import journal
from controlplane.clock import now
from controlplane.due import Due
from controlplane.errors import ControlPlaneError
from controlplane.model import Observed
from controlplane.ports import Order, Outcome, Seen, SwarmView, Volume
from controlplane.settings import Settings
from controlplane.slots_model import Slot
from controlplane.slots_offers import Offers
from controlplane.slots_plan import room
from controlplane.spec import network_name, node_specs, start_bound, volume_name

log = logging.getLogger(__name__)
# Slots that start at the same time: they take the processors from whoever waits for a node.
AT_ONCE = 4
# While people come one after the other, nothing is started in their place, but for so long only.
QUIET, LONGEST_RUSH = timedelta(seconds=1.5), timedelta(seconds=6)
_LONGEST_PAUSE = 600


class Slots:
    """One per loop; what it remembers only saves work."""

    def __init__(self, settings: Settings):
        self._settings, self._offers = settings, Offers(settings)
        self._rush_since: datetime | None = None

    def read(self, session: Session) -> list[Slot]:
        """All of them, apart from the session: a row may be gone when it is written."""
        slots = list(session.scalars(select(Slot).order_by(Slot.created_at, Slot.id)))
        for slot in slots:
            session.expunge(slot)
        return slots

    def plan(self, session: Session, slots: list[Slot]) -> bool:
        """As many wishes as there should be. True while something is on its way."""
        if not slots and not self._offers.budget:
            return False
        self._retire(session, slots)
        is_any_new = not self._is_rush(session) and self._add(session, slots)
        return is_any_new or self._rush_since is not None or any(slot.ready_at is None and slot.failure is None for slot in slots)

    def observe(self, session: Session, slots: list[Slot], seen: Mapping[str, Seen], answering: Collection[str]) -> None:
        """Write what the swarm shows of them; ``answering`` are the ids of those whose page is there."""
        for slot in slots:
            self._observe(session, slot, seen.get(slot.id), slot.id in answering)

    def decide(self, session: Session, slots: list[Slot], view: SwarmView, due: Due, under_way: int) -> list[Slot]:
        """What is to be done; and those that run, which gateways must reach. ``under_way`` are in a run just now."""
        seen = {item.node_id: item for item in view.seen}
        starting = under_way + sum(slot.id in seen and slot.desired == "running" and slot.ready_at is None for slot in slots)
        for slot in slots:
            self._decide(session, slot, seen.get(slot.id), view, due)
        due.spare = due.spare[: max(0, AT_ONCE - starting)]
        return [slot for slot in slots if slot.id in seen and slot.desired == "running" and not slot.failure]

    def learn(self, session: Session, order: Order, outcome: Outcome) -> None:
        """A run has ended: the rows of slots whose last volume is gone are forgotten; what failed is tried again later."""
        failed = order.node_ids if outcome.message or outcome.is_canceled else list(outcome.failed)
        if done := [volume.node_id for volume in order.volumes_absent if volume.node_id not in failed]:
            session.execute(delete(Slot).where(Slot.id.in_(done), Slot.desired == "absent"))
        for slot in session.scalars(select(Slot).where(Slot.id.in_(failed))) if failed else ():
            session.expunge(slot)
            words = outcome.failed.get(slot.id) or outcome.message or "an administrator canceled the run"
            pause = _pause(slot.attempts + 1)
            _change(session, slot, attempts=slot.attempts + 1, next_attempt_at=now() + pause)
            log.warning("Slot %s is tried again in %.0f s: %s", slot.id, pause.total_seconds(), words.splitlines()[0])

    # What is ------------------------------------------------------------------------------------------------------

    def _observe(self, session: Session, slot: Slot, seen: Seen | None, answers: bool) -> None:
        is_up = seen is not None and seen.observed == Observed.RUNNING and slot.desired == "running" and not slot.failure
        if is_up and answers and slot.ready_at is None and seen:
            _change(session, slot, ready_at=now(), host=seen.host, attempts=0, next_attempt_at=None)
            log.info("Slot %s of %s is ready, %.1f s after it was wished for.", slot.id, _name(slot), _age(slot))
        elif slot.ready_at is not None and not is_up:
            _change(session, slot, ready_at=None, wished_at=now())
        if seen and slot.desired == "running" and not slot.failure and slot.ready_at is None:
            self._judge(session, slot, seen)

    def _judge(self, session: Session, slot: Slot, seen: Seen) -> None:
        """A start that failed, or that takes longer than a node's may."""
        if seen.observed == Observed.FAILED:
            self._fail(session, slot, seen.why or "The service ended.")
        elif now() - max(slot.wished_at, seen.created_at) > (bound := start_bound(session, slot, self._settings, seen.step)):
            self._fail(session, slot, f"Its page did not answer within {bound.total_seconds():.0f} s.")

    def _fail(self, session: Session, slot: Slot, why: str) -> None:
        """What there is of it goes at once; after a pause it is tried again."""
        pause, attempts = _pause(slot.attempts + 1), slot.attempts + 1
        values = {"failure": why, "ready_at": None, "attempts": attempts, "next_attempt_at": None, "rests_until": now() + pause}
        if _change(session, slot, **values):
            _note(session, journal.Action.FAILED, slot, reason=why, again_in_seconds=int(pause.total_seconds()))
            log.warning(
                "Slot %s of %s failed, and is tried again in %.0f s: %s", slot.id, _name(slot), pause.total_seconds(), why
            )

    # What to do ---------------------------------------------------------------------------------------------------

    def _decide(self, session: Session, slot: Slot, seen: Seen | None, view: SwarmView, due: Due) -> None:
        if slot.next_attempt_at is not None and slot.next_attempt_at > now():
            return
        match slot.desired, seen:
            case "absent", None:
                # The volumes go after the service and its network, and the row after the volumes.
                if network_name(self._settings.stack, slot.id) not in view.networks:
                    due.volumes_absent += self._volumes(session, slot)
            case _, Seen() if slot.desired == "absent" or slot.failure:
                due.absent.append(seen)
            case "running", None if slot.rests_until is None or slot.rests_until <= now():
                self._wish(session, slot, view, due)

    def _wish(self, session: Session, slot: Slot, view: SwarmView, due: Due) -> None:
        try:
            specs = node_specs(session, slot, self._settings, view)
        except ControlPlaneError as error:
            self._fail(session, slot, str(error))
            return
        since = now() if slot.failure else slot.wished_at
        if _change(session, slot, failure=None, rests_until=None, wished_at=since):
            due.spare += specs

    def _volumes(self, session: Session, slot: Slot) -> list[Volume]:
        """Its volumes by what the image says; where that has left the catalogue, the one that every state has first."""
        try:
            mounts = [mount for spec in node_specs(session, slot, self._settings, SwarmView()) for mount in spec.mounts]
            names = [mount["source"] for mount in mounts if mount["type"] == "volume"]
        except ControlPlaneError:
            names = [volume_name(self._settings.stack, slot.id)]
        return [Volume(slot.id, name) for name in names] or [Volume(slot.id, volume_name(self._settings.stack, slot.id))]

    # How many -----------------------------------------------------------------------------------------------------

    def _retire(self, session: Session, slots: list[Slot]) -> None:
        """What is outdated, and what is more than there should be: those first that nobody can claim yet, then the
        youngest."""
        offers, wanted = self._offers.all(session), self._offers.wanted(session)
        for slot in sorted(slots, key=lambda each: (each.ready_at is None, each.created_at)):
            offer = offers.get(slot.service_key)
            if slot.desired != "running":
                continue
            if offer is None or offer.fingerprint != slot.fingerprint:
                self._close(session, slot, "another version of it, or other settings, are in its place")
            elif wanted[slot.service_key] <= 0:
                self._close(session, slot, "there are more than there should be")
            else:
                wanted[slot.service_key] -= 1

    def _add(self, session: Session, slots: list[Slot]) -> bool:
        """New rows, as far as the budget goes: what is on its way out takes its memory until it is gone."""
        taken, is_any = [slot.memory_bytes for slot in slots], False
        wanted = self._offers.wanted(session)
        for key, offer in self._offers.all(session).items():
            there = sum(slot.service_key == key and slot.desired == "running" for slot in slots)
            for _ in range(min(wanted[key] - there, room(self._offers.budget, taken, offer.memory_bytes))):
                session.add(slot := offer.slot())
                session.flush()
                _note(session, journal.Action.ADD, slot)
                taken.append(offer.memory_bytes)
                is_any = True
        return is_any

    def _is_rush(self, session: Session) -> bool:
        """Whether somebody opened something just now: a class opens its notebooks together, and needs the processors."""
        last = self._offers.last_open(session, QUIET)
        self._rush_since = (self._rush_since or now()) if last else None
        return self._rush_since is not None and now() - self._rush_since < LONGEST_RUSH

    def _close(self, session: Session, slot: Slot, why: str) -> None:
        """From here on nobody claims it."""
        values = {"desired": "absent", "ready_at": None, "failure": None, "attempts": 0, "next_attempt_at": None}
        if _change(session, slot, **values):
            _note(session, journal.Action.CLOSE, slot, reason=why)


def awaits_page(slot: Slot, seen: Seen | None) -> bool:
    """Whether its page is due: it runs, and has not answered yet."""
    is_up = seen is not None and seen.observed == Observed.RUNNING
    return is_up and slot.desired == "running" and slot.ready_at is None and not slot.failure


def _change(session: Session, slot: Slot, **values: Any) -> bool:
    """Write into the row and what was read of it; False, and nothing is done, when somebody has claimed it meanwhile."""
    is_there = bool(session.execute(update(Slot).where(Slot.id == slot.id).values(values)).rowcount)  # type: ignore[attr-defined]
    for name, value in values.items() if is_there else ():
        setattr(slot, name, value)
    return is_there


def _note(session: Session, action: journal.Action, slot: Slot, **data: Any) -> None:
    journal.note(session, action, "slot", slot.id, name=_name(slot), **data)


def _name(slot: Slot) -> str:
    return f"{slot.service_key}:{slot.service_version}"


def _age(slot: Slot) -> float:
    return (now() - slot.wished_at).total_seconds()


def _pause(attempts: int) -> timedelta:
    return timedelta(seconds=min(_LONGEST_PAUSE, 5 * 2 ** min(attempts, 10)))
