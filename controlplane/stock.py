"""What the registry holds, what uses each image, and what could go; here it is read and weighed, never changed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import semver
from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane.clock import now
from controlplane.compose import members_of
from controlplane.containers import registry_of
from controlplane.errors import LabelError
from controlplane.model import Node, Project, Service
from controlplane.ports import ServiceImage, StoredImage

# Whoever pushed an image today may want it tomorrow.
RECENT = timedelta(days=1)
_SERVICES = "simcore/services/"
Key = tuple[str, str]


@dataclass(frozen=True)
class Use:
    """Why an image must stay: ``running``, ``rollback``, ``project``, ``member``, ``newest``, ``recent``, ``platform``
    or ``unknown``; ``name`` says of what."""

    kind: str
    name: str


@dataclass(frozen=True)
class Item:
    """An image with what uses it; ``own_bytes`` are in no other image."""

    image: StoredImage
    uses: tuple[Use, ...]
    own_bytes: int

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.image.repository, self.image.digest

    @property
    def bytes(self) -> int:
        """All that it is made of, compressed."""
        return sum(self.image.blobs.values())


@dataclass(frozen=True)
class Plan:
    """Which images would go, and the bytes that only they hold. The id is that of exactly this."""

    keep: int
    items: tuple[Item, ...]
    bytes: int

    @property
    def id(self) -> str:
        """The same plan has the same, another one another."""
        said = [[item.image.repository, item.image.digest, item.image.tags] for item in self.items]
        return hashlib.sha256(json.dumps([self.keep, self.bytes, said]).encode()).hexdigest()[:32]


def weigh(session: Session, stored: Sequence[StoredImage], in_swarm: Iterable[ServiceImage], keep: int) -> list[Item]:
    """Each image with what uses it, by name. ``keep`` is how many of the newest versions of each service stay unused."""
    rows = {(row.key, row.version): row for row in session.scalars(select(Service))}
    uses: dict[Key, list[Use]] = {(image.repository, image.digest): [] for image in stored}
    swarm, projects, newest = list(in_swarm), _of_projects(session), _newest(rows, keep)
    for image in stored:
        uses[image.repository, image.digest] += [
            *_by_kind(image, rows),
            *_by_swarm(image, swarm),
            *(use for tag in image.tags for use in projects.get((image.repository, tag), ())),
            *(Use("newest", tag) for tag in image.tags if (image.repository, tag) in newest),
        ]
    _hold_members(stored, rows, uses)
    holders = Counter(blob for image in stored for blob in image.blobs)
    return sorted(
        (
            Item(
                image,
                tuple(dict.fromkeys(uses[image.repository, image.digest])),
                sum(size for blob, size in image.blobs.items() if holders[blob] == 1),
            )
            for image in stored
        ),
        key=lambda item: (item.image.repository, item.image.tags),
    )


def plan_of(items: Sequence[Item], keep: int) -> Plan:
    """All images that nothing uses, and what would be freed."""
    going = tuple(item for item in items if not item.uses)
    return Plan(keep, going, total(going) - total(going, among=[item for item in items if item.uses]))


def total(items: Iterable[Item], among: Iterable[Item] | None = None) -> int:
    """The bytes that these images take, each blob counted once; with ``among`` only of blobs that those have, too."""
    blobs: dict[str, int] = {}
    for item in items:
        blobs |= item.image.blobs
    if among is None:
        return sum(blobs.values())
    others = {blob for item in among for blob in item.image.blobs}
    return sum(size for blob, size in blobs.items() if blob in others)


def manifests_of(plan: Plan, items: Sequence[Item]) -> list[dict[str, str]]:
    """What the registry is to delete: each image's manifest, and those within it that no image which stays has."""
    staying = {(item.image.repository, part) for item in items if item.uses for part in (item.image.digest, *item.image.parts)}
    wanted = [(item.image.repository, part) for item in plan.items for part in (item.image.digest, *item.image.parts)]
    return [{"repository": name, "digest": digest} for name, digest in dict.fromkeys(wanted) if (name, digest) not in staying]


def _by_kind(image: StoredImage, rows: dict[Key, Service]) -> list[Use]:
    """What is not understood stays, and so does what is not a service: the platform's own, for deployments go back."""
    if not image.repository.startswith(_SERVICES):
        return [Use("platform" if image.repository.startswith("werkbank/") else "unknown", "")]
    if image.problem:
        return [Use("unknown", "it cannot be read")]
    known = [rows.get((image.repository, tag)) for tag in image.tags]
    if any(row is None or row.digest != image.digest for row in known):
        return [Use("unknown", "the catalogue has not read it yet")]
    return [Use("recent", row.version) for row in known if row is not None and row.changed_at > now() - RECENT]


def _by_swarm(image: StoredImage, in_swarm: Iterable[ServiceImage]) -> list[Use]:
    """The address is not looked at: other deployments may name the same registry otherwise."""
    found = []
    for each in in_swarm:
        name, _, digest = each.image.partition("/")[2].partition("@")
        repository, _, tag = name.rpartition(":") if ":" in name else (name, "", "latest")
        if repository == image.repository and (digest == image.digest or tag in image.tags):
            found.append(Use("rollback" if each.is_previous else "running", each.service))
    return found


def _of_projects(session: Session) -> dict[Key, list[Use]]:
    """The services of every node there is: running or not, on a canvas, in a template or in the trash."""
    query = select(Node.service_key, Node.service_version, Project.name).join(Project).distinct()
    found: dict[Key, list[Use]] = {}
    for key, version, name in session.execute(query.order_by(Project.name)):
        found.setdefault((key, version), []).append(Use("project", name))
    return found


def _newest(rows: dict[Key, Service], keep: int) -> set[Key]:
    """The newest versions of each service that can run."""
    versions: dict[str, list[str]] = {}
    for (key, version), row in rows.items():
        if not row.broken:
            versions.setdefault(key, []).append(version)
    ordered = {key: sorted(found, key=semver.Version.parse, reverse=True) for key, found in versions.items()}
    return {(key, version) for key, found in ordered.items() for version in found[:keep]}


def _hold_members(stored: Sequence[StoredImage], rows: dict[Key, Service], uses: dict[Key, list[Use]]) -> None:
    """An image that stays holds those that it cannot run without, and those hold theirs."""
    by_tag = {(image.repository, tag): image for image in stored for tag in image.tags}
    waiting = [image for image in stored if uses[image.repository, image.digest]]
    while waiting:
        image = waiting.pop()
        for tag in image.tags:
            for member in _members(rows.get((image.repository, tag))):
                needed = by_tag.get(member)
                if needed is None or needed == image:
                    continue
                held = uses[needed.repository, needed.digest]
                if not held:
                    waiting.append(needed)
                held.append(Use("member", f"{image.repository}:{tag}"))


def _members(row: Service | None) -> list[Key]:
    try:
        found = members_of(row.labels, row.key, row.version, registry_of(row)) if row else ()
    except LabelError:  # it cannot start, with or without them
        return []
    return [(member.key, member.tag) for member in found]
