"""Slots, for administrators: what is started ahead of need, and what became of it."""

from typing import Any

from apiflask import APIBlueprint

from controlplane import slots
from controlplane.slots_model import Slot
from webapp.envelope import ok
from webapp.identity import admins_only
from webapp.slots import schemas
from webapp.transaction import db

bp = APIBlueprint("slots", __name__, url_prefix="/api/v0", tag="Slots")
_MIB = 1024 * 1024


@bp.get("/slots")
@bp.output(schemas.SlotOut(many=True))
@admins_only
def list_slots() -> dict[str, Any]:
    """The services that wait to become somebody's node, by service, the oldest first."""
    return ok([_shown(slot) for slot in slots.list_slots(db())])


def _shown(slot: Slot) -> dict[str, Any]:
    names = ("id", "service_key", "service_version", "state")
    about = {"memory_mib": slot.memory_bytes // _MIB, "reason": slot.failure, "since": slot.ready_at}
    return {name: getattr(slot, name) for name in names} | about
