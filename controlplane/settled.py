"""Which nodes a look may pass over: they are as desired, and the swarm shows of them what it showed before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from controlplane import containers
from controlplane.model import Desired, Node, Observed, Project
from controlplane.ports import Seen, SwarmView
from controlplane.slots_model import Slot
from controlplane.spec import network_name


class Row(NamedTuple):
    """As much of a node as a look needs of all of them; ten thousand are read in a moment."""

    id: str
    project_id: str
    desired: str
    observed: str
    route: str
    failure: str | None
    next_attempt_at: datetime | None
    network_id: str

    @property
    def is_to_run(self) -> bool:
        """Whether its service is to be there."""
        return self.desired == Desired.RUNNING and self.failure is None


_COLUMNS = select(
    *(Node.id, Node.project_id, Node.desired, Node.observed, Node.route, Node.failure, Node.next_attempt_at),
    func.coalesce(Project.network_id, Node.project_id),
).join(Project, Node.project_id == Project.id)


def read(session: Session, seen: Iterable[str]) -> dict[str, Row]:
    """The nodes that are at work, and those that the swarm shows; by id."""
    at_work = or_(Node.desired != Desired.STOPPED, Node.observed != Observed.ABSENT)
    rows = {row.id: Row(*row) for row in session.execute(_COLUMNS.where(at_work))}
    if others := [node_id for node_id in seen if node_id not in rows]:
        rows |= {row.id: Row(*row) for row in session.execute(_COLUMNS.where(Node.id.in_(others)))}
    return rows


def row_of(slot: Slot) -> Row:
    """A slot as a node's row: nothing of it is an orphan's."""
    observed = Observed.RUNNING if slot.ready_at else Observed.STARTING
    return Row(slot.id, slot.id, slot.desired, observed, slot.route, slot.failure, slot.next_attempt_at, slot.id)


class Settled:
    """One per loop. What it remembers only saves work: without it every node is looked at in full."""

    def __init__(self, stack: str):
        self._stack = stack
        self._before: dict[str, Seen] = {}

    def others(self, rows: Mapping[str, Row], seen: Mapping[str, Seen], view: SwarmView) -> list[str]:
        """The ids of the nodes that are to be looked at in full."""
        return [row.id for row in rows.values() if not self._is_settled(row, seen.get(row.id), view)]

    def _is_settled(self, row: Row, seen: Seen | None, view: SwarmView) -> bool:
        if row.desired != Desired.RUNNING or row.next_attempt_at is not None:
            return False
        if row.failure is not None:
            return seen is None and row.observed == Observed.ABSENT
        is_seen_running = seen is not None and seen.route == row.route and seen == self._before.get(row.id)
        if not is_seen_running or row.observed != Observed.RUNNING:
            return False
        network = network_name(self._stack, row.network_id)
        return all(network in on for on in (*view.on.values(), *view.anchors.values()))

    def remember(self, nodes: Iterable[Node], seen: Mapping[str, Seen]) -> None:
        """After a look that went well: what was seen of the nodes that lack nothing; of those passed over it is known."""
        for node in nodes:
            shown = seen.get(node.id)
            if shown is not None and shown.observed == Observed.RUNNING and not containers.missing(node.containers, shown):
                self._before[node.id] = shown
            else:
                self._before.pop(node.id, None)
        self._before = {node_id: shown for node_id, shown in self._before.items() if node_id in seen}
