"""The catalogue of services: what the registry's labels say, kept in the database so that everybody may read it."""

import logging
from typing import Any

import semver
from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import leases
from controlplane.database import Database
from controlplane.errors import LabelError, ServiceNotFound
from controlplane.labels import metadata_of, runtime_of
from controlplane.model import Service
from controlplane.ports import FoundImage, Registry

log = logging.getLogger(__name__)


def find(session: Session, key: str, version: str) -> Service:
    """One version of a service that can run. Raises ``ServiceNotFound``; no other version is given in its place."""
    service = session.get(Service, (key, version))
    if service is None or service.broken:
        raise ServiceNotFound(
            f"The registry has no service {key} in version {version}; nothing was started. "
            "The catalogue (GET /api/v0/services) lists what there is."
        )
    return service


def list_services(session: Session, service_type: str | None = None) -> list[Service]:
    """Every service that can run, by name, its newest version first (semantic order)."""
    rows = list(session.scalars(select(Service).where(Service.broken.is_(None))))
    if service_type:
        rows = [row for row in rows if row.metadata_["type"] == service_type]
    rows.sort(key=lambda row: semver.Version.parse(row.version), reverse=True)
    return sorted(rows, key=lambda row: (row.metadata_["name"].lower(), row.key))


def newest(session: Session, key: str) -> Service:
    """The newest version of a service. Raises ``ServiceNotFound``."""
    for row in list_services(session):
        if row.key == key:
            return row
    raise ServiceNotFound(f"The registry has no service {key}; nothing was started.")


def refresh(database: Database, registry: Registry) -> None:
    """Make the table what the registry says. Raises ``RegistryUnreadable`` and changes nothing then."""
    images = list(registry.images())
    with database.begin() as session:
        known = {(row.key, row.version): row for row in session.scalars(select(Service))}
        for image in images:
            row = known.pop((image.repository, image.tag), None)
            if row is None or row.digest != image.digest or row.image != image.image:
                session.merge(_row(image))
                log.info("Catalogue: %s:%s is at %s.", image.repository, image.tag, image.digest[:19])
        for row in known.values():
            session.delete(row)


def _row(image: FoundImage) -> Service:
    metadata: dict[str, Any] = {}
    broken = None
    try:
        metadata = metadata_of(image.labels)
        if (metadata["key"], metadata["version"]) != (image.repository, image.tag):
            raise LabelError(
                f"The labels name {metadata['key']}:{metadata['version']}, the registry {image.repository}:{image.tag}."
            )
        if metadata["type"] == "dynamic":
            runtime_of(image.labels, "00000000-0000-0000-0000-000000000000")
            leases.label_of(image.labels)
    except LabelError as error:
        broken = str(error)
    return Service(
        key=image.repository,
        version=image.tag,
        image=image.image,
        digest=image.digest,
        broken=broken,
        metadata_=metadata,
        labels=image.labels,
    )
