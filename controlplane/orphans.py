"""Services and networks that carry this deployment's labels and belong to nobody: found on evidence, never on doubt."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import journal, reaps
from controlplane.clock import Watch, now, steady
from controlplane.model import Node, Project
from controlplane.ports import Seen, SwarmView
from controlplane.settled import Row
from controlplane.spec import network_name, own_network_name

log = logging.getLogger(__name__)

# How long something must be without an owner before it counts as an orphan.
ORPHAN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class Found:
    """What may go: services that belong to nobody, and networks that nobody needs."""

    services: list[Seen] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)


@dataclass
class _Sight:
    """Since when something is seen without an owner: by the steady clock, and for people."""

    since: float
    at: datetime
    is_told: bool = False

    @property
    def is_old(self) -> bool:
        return steady() - self.since >= ORPHAN_AFTER.total_seconds()


def networks_of(stack: str, node_id: str, *network_ids: str) -> set[str]:
    """The networks that a node may need: its project's, and its own when it is made of several containers."""
    return {*(network_name(stack, each) for each in network_ids), own_network_name(stack, node_id)}


def network_id_of(seen: Seen, rows: Mapping[str, Row]) -> str:
    """What the network of a service's project is named after; its label says it where there is no row."""
    return rows[seen.node_id].network_id if seen.node_id in rows else seen.project_id


class Orphans:
    """One per loop; it remembers when it first saw what has no owner, and nothing else that matters."""

    def __init__(self, stack: str, grace: timedelta):
        self._stack, self._grace = stack, grace
        self._watch = Watch()
        self._sights: dict[str, _Sight] = {}
        self._owned: set[str] = set()
        self._kept: frozenset[str] = frozenset()
        # What is left alone though nobody owns it, or though nobody can tell: each name with why.
        self.left_alone: dict[str, str] = {}

    def keep(self, networks: frozenset[str]) -> None:
        """These networks stay at the next look although no service needs them: they are prepared."""
        self._kept = networks

    def find(self, session: Session, view: SwarmView, rows: Mapping[str, Row], closing: list[Seen], busy: set[str]) -> Found:
        """What of the view may be removed. ``rows`` are the nodes at work and those that the view shows, read after it;
        ``closing`` are services that go anyway, ``busy`` names nodes and networks with a run under way."""
        self._watch.look()
        veto, lost = self._veto(), self._lost(rows, view, busy)
        going = {seen.name for seen in closing} | lost.keys()
        needed = self._needed(rows, [seen for seen in view.seen if seen.name not in going], busy)
        idle = view.networks - needed - busy - view.unclear.keys() - self._kept
        owned = self._still_owned(session, rows, view, needed, idle)
        ownerless = set() if _hides_its_network(view) else idle - owned
        self._remember({*lost, *ownerless}, forget_all=veto is not None)
        self._tell(view.unclear | (dict.fromkeys([*lost, *ownerless], veto) if veto else {}))
        services = [seen for name, seen in lost.items() if self._sights[name].is_old]
        kept = self._networks_of(rows, (seen for name, seen in lost.items() if not self._sights[name].is_old))
        orphaned = {name for name in ownerless if self._sights[name].is_old} - kept
        self._note_all(session, services, orphaned)
        return Found(services, sorted((owned - kept) | orphaned))

    def _veto(self) -> str | None:
        jumped = self._watch.jumped_by
        if jumped is None or self._watch.steady_for >= self._grace:
            return None
        return f"the clock jumped by {jumped.total_seconds():.0f} s; nothing is judged for a grace period"

    def _lost(self, rows: Mapping[str, Row], view: SwarmView, busy: set[str]) -> dict[str, Seen]:
        """Services whose node has no row. A row is written before its service, and goes after it."""
        ownerless = [seen for seen in view.seen if seen.node_id not in rows and seen.node_id not in busy]
        return {seen.name: seen for seen in ownerless if not _names(seen) & view.unclear.keys()}

    def _needed(self, rows: Mapping[str, Row], staying: list[Seen], busy: set[str]) -> set[str]:
        """Networks of nodes that are to run, or have a run under way, and of services that stay."""
        wanted = [(row.id, row.network_id) for row in rows.values() if row.is_to_run or row.id in busy]
        return set().union(*(networks_of(self._stack, *each) for each in wanted), self._networks_of(rows, staying))

    def _networks_of(self, rows: Mapping[str, Row], services: Iterable[Seen]) -> set[str]:
        """By their labels, and by what their rows say by now."""
        found = [(seen.node_id, seen.project_id, network_id_of(seen, rows)) for seen in services]
        return set().union(*(networks_of(self._stack, *each) for each in found))

    def _still_owned(
        self, session: Session, rows: Mapping[str, Row], view: SwarmView, needed: set[str], idle: frozenset[str]
    ) -> set[str]:
        """Of the idle networks those of a project or node that is there, or that was there at an earlier look: they are in
        nobody's way to go at once."""
        known = set(self._owned)
        if idle:
            projects = session.execute(select(Project.id, Project.network_id))
            known |= {network_name(self._stack, each) for ids in projects for each in ids if each}
            known |= {network_name(self._stack, row.network_id) for row in rows.values()}
            known |= {own_network_name(self._stack, node_id) for node_id in session.scalars(select(Node.id))}
        owned = {name for name in idle if name in known}
        self._owned = (needed | owned | self._kept) & view.networks
        return owned

    def _remember(self, names: set[str], forget_all: bool) -> None:
        fresh = _Sight(steady(), now())
        known = {} if forget_all else self._sights
        self._sights = {name: known.get(name) or _Sight(fresh.since, fresh.at) for name in names}

    def _tell(self, left: dict[str, str]) -> None:
        for name in left.keys() - self.left_alone.keys():
            log.warning("%s is left alone: %s.", name, left[name])
        self.left_alone = left

    def _note_all(self, session: Session, services: list[Seen], networks: set[str]) -> None:
        for seen in services:
            self._note(session, reaps.SERVICE, seen.name, node_id=seen.node_id, project_id=seen.project_id)
        for name in sorted(networks):
            self._note(session, reaps.NETWORK, name)

    def _note(self, session: Session, kind: str, name: str, **of: str) -> None:
        """One row for each thing, however often its removal must be tried."""
        sight = self._sights[name]
        if sight.is_told:
            return
        sight.is_told = True
        whose = f"its node {of['node_id']} is in no project" if of else "its project is not there"
        sentence = (
            f"Removed at {now():%H:%M} UTC: the {kind} {name} carries the labels of this deployment, but {whose}, "
            f"seen so since {sight.at:%H:%M:%S}. Volumes are kept."
        )
        evidence: dict[str, Any] = {"without_owner_since": sight.at, "looked_at": now(), "waited_seconds": ORPHAN_AFTER.seconds}
        reaps.note(session, kind, name, sentence, evidence, **of)
        with journal.acting_as("reaper"):
            journal.note(session, journal.Action.REMOVE, kind, name, reason=sentence, **of)
        log.info("%s", sentence)


def _names(seen: Seen) -> set[str]:
    return {seen.name, *(container.name for container in seen.containers)}


def _hides_its_network(view: SwarmView) -> bool:
    """A service with labels that are not understood may need any network."""
    return any(_names(seen) & view.unclear.keys() for seen in view.seen)
