"""Which services get slots, how many, and what one is made of: from the catalogue, and from how often people opened them."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import semver
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from controlplane import __version__, catalogue, containers, journal
from controlplane.clock import now
from controlplane.errors import LabelError
from controlplane.model import Service
from controlplane.ports import SwarmView
from controlplane.records import Entry
from controlplane.settings import Settings
from controlplane.slots import most_of
from controlplane.slots_model import Slot
from controlplane.slots_plan import WINDOW, Demand, shares
from controlplane.spec import node_specs

_MIB = 1024 * 1024
# Opens are counted again after that time.
COUNT_AGAIN = timedelta(seconds=2)
_ADDED = (Entry.action == str(journal.Action.ADD), Entry.kind == "node")
_NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Offer:
    """The newest version of a service that allows slots, and what one would be made of."""

    key: str
    version: str
    digest: str
    most: int
    fingerprint: str
    memory_bytes: int
    port: int
    entry_point: str

    def slot(self) -> Slot:
        """A new one."""
        return Slot(
            service_key=self.key,
            service_version=self.version,
            digest=self.digest,
            fingerprint=self.fingerprint,
            memory_bytes=self.memory_bytes,
            port=self.port,
            entry_point=self.entry_point,
            desired="running",
        )


class Offers:
    """One per loop; what it remembers only saves work."""

    def __init__(self, settings: Settings):
        self._settings, self.budget = settings, settings.slots_memory_mib * _MIB
        self._catalogue, self._offers = "", dict[str, Offer]()
        self._opens, self._counted_at = Counter[str](), None

    _counted_at: datetime | None

    def all(self, session: Session) -> dict[str, Offer]:
        """By key; read again when the catalogue is another."""
        version = catalogue.version(session) if self.budget else ""
        if version != self._catalogue:
            self._offers = {offer.key: offer for offer in self._read(session)} if self.budget else {}
            self._catalogue = version
        return self._offers

    def wanted(self, session: Session) -> dict[str, int]:
        """How many slots there should be of each."""
        offers = self.all(session)
        opens = self._count(session) if offers else Counter[str]()
        return shares([Demand(key, each.memory_bytes, opens[key], each.most) for key, each in offers.items()], self.budget)

    def last_open(self, session: Session, within: timedelta) -> datetime | None:
        """When anything was put on a canvas last, if that was within this time."""
        return session.scalar(select(func.max(Entry.at)).where(*_ADDED, Entry.at > now() - within))

    def _count(self, session: Session) -> Counter[str]:
        """How often each service was put on a canvas within the window."""
        if self._counted_at is None or now() - self._counted_at > COUNT_AGAIN:
            added = select(Entry.data).where(*_ADDED, Entry.at > now() - WINDOW)
            services = [str(data.get("service", "")) for data in session.scalars(added)]
            self._opens, self._counted_at = Counter(service.rpartition(":")[0] for service in services), now()
        return self._opens

    def _read(self, session: Session) -> Iterable[Offer]:
        found: dict[str, list[Service]] = {}
        for row in session.scalars(select(Service).where(Service.broken.is_(None), Service.leaving_at.is_(None))):
            found.setdefault(row.key, []).append(row)
        newest = [max(rows, key=lambda row: semver.Version.parse(row.version)) for rows in found.values()]
        offers = [self._offer(session, row) for row in newest if row.metadata_["type"] == "dynamic"]
        return [offer for offer in offers if offer is not None]

    def _offer(self, session: Session, service: Service) -> Offer | None:
        """None for what allows no slots, is deprecated, or is made of several images."""
        try:
            most = 0 if catalogue.is_deprecated(service) else most_of(service.labels)
            nobody = Slot(id=_NOBODY, service_key=service.key, service_version=service.version, route="0" * 24)
            specs = node_specs(session, nobody, self._settings, SwarmView()) if most else ()
            page = containers.main_of(containers.of_node(session, nobody)).runtime if specs else None
        except LabelError:
            return None
        if len(specs) != 1 or page is None or page.port is None:
            return None
        # All that it is asked for with, always as the same nobody's.
        fingerprint = hashlib.sha256(f"{__version__} {specs[0]!r}".encode()).hexdigest()
        of = (service.key, service.version, service.digest)
        return Offer(*of, most, fingerprint, specs[0].memory_bytes, page.port, page.entry_point)
