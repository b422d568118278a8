"""Notes in the event log which hosts join the swarm, leave it, or change."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from controlplane import journal
from controlplane.database import Database
from controlplane.ports import Host, Swarm
from controlplane.records import Entry

KIND = "host"


class Hosts:
    """One per director. What it knew before it was restarted stands in the event log."""

    def __init__(self, database: Database, swarm: Swarm):
        self._database, self._swarm = database, swarm
        self._known: dict[str, Host] | None = None

    def look(self) -> None:
        """One look. Raises ``SwarmUnreadable``; nothing is noted then."""
        there = {host.id: host for host in self._swarm.hosts()}
        with self._database.begin() as session:
            known = _remembered(session) if self._known is None else self._known
            for host in there.values():
                if host.id not in known:
                    _note(session, journal.Action.APPEAR, host)
                elif host != known[host.id]:
                    _note(session, journal.Action.CHANGE, host)
            for gone in known.keys() - there.keys():
                _note(session, journal.Action.DISAPPEAR, known[gone])
        self._known = there


def _note(session: Session, action: journal.Action, host: Host) -> None:
    about: dict[str, Any] = {"role": host.role, "state": host.state, "availability": host.availability}
    journal.note(session, action, KIND, host.id, name=host.name, **about)


def _remembered(session: Session) -> dict[str, Host]:
    """Each host as its last entry has it, without those that have left."""
    last = select(func.max(Entry.id)).where(Entry.kind == KIND).group_by(Entry.subject)
    rows = session.scalars(select(Entry).where(Entry.id.in_(last), Entry.action != journal.Action.DISAPPEAR))
    names = ("role", "state", "availability")
    return {row.subject: Host(row.subject, row.name, *(str(row.data.get(name, "")) for name in names)) for row in rows}
