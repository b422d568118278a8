"""Verbs about slots: which services allow them, and how one becomes a node, in the transaction that adds the node."""

from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from controlplane import values
from controlplane.clock import now
from controlplane.model import Desired, Node, Observed, Project, Service
from controlplane.slots_model import Slot

LABEL = "werkbank.slots"
_MOST = 1000
# What a node is told or given at its start, so that no service that runs already can become it.
_OWN_START = ("node_id", "base_path", "is_published", "inputs")


def most_of(labels: dict[str, str]) -> int:
    """How many slots an image allows, 0 to 1000; without the label none. Raises ``LabelError``."""
    allowed = values.json_of(labels, LABEL, default=False)
    if isinstance(allowed, bool):
        return _MOST if allowed else 0
    if type(allowed) is not int or not 0 <= allowed <= _MOST:
        raise values.wrong(f"The label {LABEL}", f"true, false or a whole number up to {_MOST}", allowed)
    return allowed


def list_slots(session: Session) -> list[Slot]:
    """All of them, by service, the oldest first."""
    return list(session.scalars(select(Slot).order_by(Slot.service_key, Slot.created_at, Slot.id)))


def claim(session: Session, project: Project, service: Service, options: dict[str, Any]) -> Slot | None:
    """A slot for a new node of this service, or None: then it starts as any other does.

    To be called with the owner's row held (``quotas.claim``), for the project's network becomes the slot's: none of its
    nodes may be on another. The row is gone when the transaction ends, so no two nodes get one slot, and none gives it back.
    """
    if not most_of(service.labels) or any(options.get(name) for name in _OWN_START) or _has_services(session, project):
        return None
    slot = _take(session, service)
    if slot is not None:
        project.network_id = slot.id
    return slot


def become(node: Node, slot: Slot) -> None:
    """The new node runs: what the slot is, it is. Its page was there when the loop last looked."""
    node.route, node.host = slot.route, slot.host
    node.observed, node.observed_at, node.answered_at = Observed.RUNNING, now(), now()
    node.step = None
    node.containers = [container | {"state": "running"} for container in node.containers]


def _take(session: Session, service: Service) -> Slot | None:
    """Delete one row, and have it. What somebody else is about to take is passed over where the database can tell; where
    it cannot, the deletion finds nothing, and the next one is tried."""
    fits = (Slot.service_key == service.key, Slot.service_version == service.version, Slot.digest == service.digest)
    is_free = (Slot.ready_at.is_not(None), Slot.desired == "running")
    oldest = select(Slot).where(*fits, *is_free).order_by(Slot.ready_at).limit(1).with_for_update(skip_locked=True)
    while (slot := session.scalar(oldest)) is not None:
        session.expunge(slot)
        if session.execute(delete(Slot).where(Slot.id == slot.id, *is_free)).rowcount:  # type: ignore[attr-defined]
            return slot
    return None


def _has_services(session: Session, project: Project) -> bool:
    """Whether a node of the project has a service, or is about to: it is on the project's network as that is now."""
    at_work = or_(Node.desired != Desired.STOPPED, Node.observed != Observed.ABSENT)
    return session.scalar(select(Node.id).where(Node.project_id == project.id, at_work).limit(1)) is not None
