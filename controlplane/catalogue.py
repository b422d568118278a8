"""The catalogue of services: what the registry's labels say, kept in the database so that everybody may read it."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import semver
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from controlplane import __version__, journal
from controlplane.clock import now
from controlplane.database import Database
from controlplane.errors import LabelError, ServiceNotFound
from controlplane.metadata import judged
from controlplane.model import Service
from controlplane.ports import FoundImage, Registry

_AT_ONCE = 4
log = logging.getLogger(__name__)


def find(session: Session, key: str, version: str) -> Service:
    """One version of a service that can run. Raises ``ServiceNotFound``; no other version is given in its place."""
    service = session.get(Service, (key, version))
    if service is None or service.broken:
        raise ServiceNotFound(
            f"The registry has no service {key} in version {version}; nothing was started. "
            "The catalogue (GET /api/v0/services) lists what there is.",
            key,
            version,
            has_others=session.scalar(select(Service.key).where(Service.key == key, Service.version != version).limit(1))
            is not None,
        )
    return service


def hold(session: Session, key: str, version: str) -> Service:
    """One version of a service for a new node: until the transaction ends nobody decides that nothing uses it.

    Raises ``ServiceNotFound``, also for one that is about to leave the registry.
    """
    service = session.get(Service, (key, version), with_for_update={"read": True})
    if service is not None and service.leaving_at:
        raise ServiceNotFound(
            f"The service {key} {version} is being removed from the registry, for nothing used it; nothing was started. "
            "Choose another version.",
            key,
            version,
            has_others=True,
        )
    return find(session, key, version)


class Listed(NamedTuple):
    """As much of a service as a list shows; thousands are read in a moment."""

    key: str
    version: str
    metadata_: dict[str, Any]
    deprecated_at: datetime | None


_LISTED = select(Service.key, Service.version, Service.metadata_, Service.deprecated_at)


def list_services(session: Session, service_type: str | None = None) -> list[Listed]:
    """Every service that can run, by name, its newest version first (semantic order)."""
    found = session.execute(_LISTED.where(Service.broken.is_(None), Service.leaving_at.is_(None)))
    rows = [row for row in map(Listed._make, found) if service_type in (None, row.metadata_["type"])]
    # Many services have the same versions: each is compared once.
    newest = sorted({row.version for row in rows}, key=lambda each: (semver.Version.parse(each), each), reverse=True)
    place = {version: number for number, version in enumerate(newest)}
    return sorted(rows, key=lambda row: (row.metadata_["name"].lower(), row.key, place[row.version]))


def list_broken(session: Session) -> list[Service]:
    """The images that are left out of the list, each with the reason in ``broken``."""
    query = select(Service).where(Service.broken.is_not(None)).options(defer(Service.labels))
    return list(session.scalars(query.order_by(Service.key, Service.version)))


def newest(session: Session, key: str) -> Service:
    """The newest version of a service. Raises ``ServiceNotFound``."""
    rows = session.scalars(select(Service).where(Service.key == key, Service.broken.is_(None)))
    found = max(rows, key=lambda row: semver.Version.parse(row.version), default=None)
    if found is None:
        raise ServiceNotFound(f"The registry has no service {key}; nothing was started.")
    return found


def version(session: Session) -> str:
    """Another text whenever the list is another; costs one look at an index.

    A row that is written gets a later ``changed_at`` than all before, so what has the same newest one can only have
    lost rows, and their number tells how many.
    """
    over = func.count().filter(Service.deprecated_at <= now())
    leaving = func.count(Service.leaving_at), func.max(Service.leaving_at)
    row = session.execute(select(func.count(), func.max(Service.changed_at), over, *leaving)).one()
    return " ".join([__version__, *(moment.isoformat() if isinstance(moment, datetime) else str(moment) for moment in row)])


def is_deprecated(service: Service | Listed) -> bool:
    """Whether its day has come; it can be started all the same."""
    return service.deprecated_at is not None and service.deprecated_at <= now()


def refresh(database: Database, registry: Registry) -> None:
    """Make the table what the registry says, in one go. Raises ``RegistryUnreadable``; what was not read stays as it was."""
    names = registry.repositories()
    forget_others(database, names)
    for name in names:
        refresh_repository(database, registry, name)


def refresh_repository(database: Database, registry: Registry, repository: str, again: Iterable[str] | None = None) -> None:
    """Make the rows of one repository what the registry says, or leave all of them as they were.

    Asked are its tags, and what each new one stands for; of those that are known only ``again`` (None: all).
    Raises ``RegistryUnreadable``.
    """
    known = digests(database, repository)
    tags = registry.tags(repository)
    asked = [tag for tag in tags if again is None or tag in again or tag not in known]
    there = {tag: registry.digest(repository, tag) for tag in asked}
    other = [
        (tag, digest)
        for tag, digest in there.items()
        if digest and known.get(tag) != (digest, registry.reference(repository, tag, digest))
    ]
    with ThreadPoolExecutor(min(len(other), _AT_ONCE) or 1, "registry") as pool:
        changed = list(pool.map(lambda image: _found(database, registry, repository, *image), other))
    gone = [tag for tag in known if tag not in tags or (tag in there and there[tag] is None)]
    if changed or gone:
        _write(database, repository, changed, gone)


def digests(database: Database, repository: str) -> dict[str, tuple[str, str]]:
    """Digest and reference of each tag that is known; without those whose labels could not be read and may be by now."""
    with database.begin() as session:
        rows = session.execute(
            select(Service.version, Service.digest, Service.image, Service.labels).where(Service.key == repository)
        )
        return {tag: (digest if labels else "", image) for tag, digest, image, labels in rows}


def forget_others(database: Database, repositories: Iterable[str]) -> None:
    """Forget the repositories that the registry no longer names."""
    with database.begin() as session:
        gone = set(session.scalars(select(Service.key).distinct())) - set(repositories)
        for row in session.scalars(select(Service).where(Service.key.in_(gone))) if gone else ():
            _forget(session, row)


def judge_again(database: Database) -> None:
    """After an upgrade the same labels may mean more, or less, than before."""
    with database.begin() as session:
        for row in list(session.scalars(select(Service))):
            if row.labels:
                put(session, FoundImage(row.key, row.version, row.image, row.digest, row.labels))


def _found(database: Database, registry: Registry, repository: str, tag: str, digest: str) -> FoundImage:
    """The image, its labels from the table when the digest is known under any name."""
    image = FoundImage(repository, tag, registry.reference(repository, tag, digest), digest, {})
    with database.begin() as session:
        rows = session.scalars(select(Service.labels).where(Service.digest == digest))
        known = next((labels for labels in rows if labels), None)
    try:
        return replace(image, labels=known or registry.labels(repository, digest))
    except LabelError as error:
        return replace(image, problem=str(error))


def _write(database: Database, repository: str, changed: list[FoundImage], gone: list[str]) -> None:
    with database.begin() as session:
        for image in changed:
            put(session, image)
        for tag in gone:
            if (row := session.get(Service, (repository, tag))) is not None:
                _forget(session, row)


def put(session: Session, image: FoundImage) -> None:
    """Keep what an image says; a row that says the same already is not touched."""
    columns, row = _columns(image), session.get(Service, (image.repository, image.tag))
    if row is not None and all(getattr(row, name) == value for name, value in columns.items()):
        return
    latest = session.scalar(select(func.max(Service.changed_at)))
    _note(session, journal.Action.CHANGE if row else journal.Action.APPEAR, image.repository, image.tag, image.image)
    moment = max(now(), latest + timedelta(microseconds=1)) if latest else now()
    session.merge(Service(key=image.repository, version=image.tag, changed_at=moment, **columns))
    session.flush()
    log.info("Catalogue: %s:%s is at %s.", image.repository, image.tag, image.digest[:19])


def _forget(session: Session, row: Service) -> None:
    _note(session, journal.Action.DISAPPEAR, row.key, row.version, row.image)
    session.delete(row)
    log.info("Catalogue: %s:%s is gone.", row.key, row.version)


def _note(session: Session, action: journal.Action, key: str, tag: str, image: str) -> None:
    journal.note(session, action, "image", image, name=key, tag=tag)


def _columns(image: FoundImage) -> dict[str, Any]:
    verdict = judged(image)
    return {
        "image": image.image,
        "digest": image.digest,
        "broken": verdict.broken,
        "metadata_": verdict.metadata,
        "labels": image.labels,
        "deprecated_at": verdict.deprecated_at,
    }
