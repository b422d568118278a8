"""What people read of a start while its run is at work."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import judging
from controlplane.model import Desired, Node
from controlplane.ports import Event, Order

# What people read while a task of roles/node_service is at work.
_WORDS = {
    "Networks of the projects are there": "preparing the network",
    "Services of the nodes are there": "asking the swarm for the service",
    "Gateway is on the networks": "opening the way to the page",
}


class Progress:
    """Turns the events of a run into the steps that its nodes' users see."""

    def __init__(self, order: Order):
        self._ids, self._done = [spec.node_id for spec in order.present], 0

    def of(self, event: Event) -> Callable[[Session], None] | None:
        """What an event changes in the nodes' rows, if it does."""
        words = _WORDS.get(str(event.task).rpartition(" : ")[2]) if event.kind == "task" else None
        if words is None:
            return None
        self._done += 1
        step, done = words, self._done

        def write(session: Session) -> None:
            for node in session.scalars(select(Node).where(Node.id.in_(self._ids), Node.desired == Desired.RUNNING)):
                judging.step(session, node, step, done)

        return write
