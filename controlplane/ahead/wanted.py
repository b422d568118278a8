"""What people are likely to start: versions of services in the catalogue, with their images and when they were used last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import semver
from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, defer

from controlplane import catalogue, containers
from controlplane.ahead.plan import Candidate, Image
from controlplane.clock import now
from controlplane.errors import ControlPlaneError
from controlplane.model import Desired, Node, Service
from controlplane.slots_model import Slot

_NOBODY = "00000000-0000-4000-8000-000000000000"
Version = tuple[str, str]


@dataclass(frozen=True)
class Use:
    """What nodes say of one version of a service."""

    used_at: datetime | None = None
    is_running: bool = False


class Wanted:
    """One per director; what it remembers only saves work."""

    def __init__(self) -> None:
        self._catalogue, self._newest, self._images = "", frozenset[Version](), dict[Version, tuple[Image, ...]]()

    def candidates(self, session: Session) -> list[Candidate]:
        """The newest version of each interactive service that is not deprecated, and all versions that nodes run."""
        if (version := catalogue.version(session)) != self._catalogue:
            self._newest, self._images, self._catalogue = newest(session), {}, version
        uses = uses_of(session)
        versions = self._newest | {version for version, use in uses.items() if use.is_running}
        found = ((version, self._images_of(session, version), uses.get(version, Use())) for version in versions)
        return [Candidate(*version, images, use.used_at, use.is_running) for version, images, use in found if images]

    def _images_of(self, session: Session, version: Version) -> tuple[Image, ...]:
        if version not in self._images:
            self._images[version] = images_of(session, *version)
        return self._images[version]


def newest(session: Session) -> frozenset[Version]:
    """The version that people are offered of each interactive service."""
    whole = (
        Service.broken.is_(None),
        Service.leaving_at.is_(None),
        or_(Service.deprecated_at.is_(None), Service.deprecated_at > now()),
    )
    found: dict[str, list[str]] = {}
    for row in session.scalars(select(Service).where(*whole).options(defer(Service.labels))):
        if row.metadata_["type"] == "dynamic":
            found.setdefault(row.key, []).append(row.version)
    return frozenset((key, max(versions, key=semver.Version.parse)) for key, versions in found.items())


def uses_of(session: Session) -> Mapping[Version, Use]:
    """When a node of each version was wanted last, and whether one is wanted now; a slot is as good as a node."""
    is_running = func.max(case((Node.desired == Desired.RUNNING, 1), else_=0))
    query = select(Node.service_key, Node.service_version, func.max(Node.desired_at), is_running)
    rows = session.execute(query.group_by(Node.service_key, Node.service_version))
    found = {(key, version): Use(used_at, bool(runs)) for key, version, used_at, runs in rows}
    slots = session.execute(select(Slot.service_key, Slot.service_version).where(Slot.desired == "running").distinct())
    return found | {(key, version): Use(now(), is_running=True) for key, version in slots}


def images_of(session: Session, key: str, version: str) -> tuple[Image, ...]:
    """All images of a service; none when it cannot start."""
    try:
        found = containers.containers_of(session, catalogue.find(session, key, version), _NOBODY)
    except ControlPlaneError:
        return ()
    return tuple(_image(container.image, container.runtime.constraints) for container in found)


def _image(reference: str, constraints: Iterable[str]) -> Image:
    """Of a reference `registry/repository:tag@digest`."""
    name, _, digest = reference.partition("@")
    repository, _, tag = name.partition("/")[2].rpartition(":")
    return Image(repository, tag, digest, reference, tuple(constraints))
