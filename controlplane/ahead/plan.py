"""Which images are to be on which hosts, and which come next: a matter of what is known alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from controlplane.ahead.model import HostImage

# Hosts that pull at the same time: the registry's disk and network are shared with whoever starts a node.
AT_ONCE = 3
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_CONSTRAINT = re.compile(r"^\s*([\w.-]+)\s*(==|!=)\s*(.*?)\s*$")


@dataclass(frozen=True)
class HostTraits:
    """A host, with what constraints can ask of it."""

    id: str
    name: str
    role: str = "worker"
    state: str = "ready"
    availability: str = "active"
    labels: Mapping[str, str] = field(default_factory=dict)
    engine_labels: Mapping[str, str] = field(default_factory=dict)
    os: str = "linux"
    arch: str = "x86_64"

    @property
    def is_asked(self) -> bool:
        """Whether it takes a task."""
        return self.state == "ready" and self.availability == "active"


@dataclass(frozen=True)
class Image:
    """An image of a service, and what it asks of its host."""

    repository: str
    tag: str
    digest: str
    image: str
    constraints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """A version of a service with all images that it is made of. ``used_at`` is when a node of it was wanted last."""

    key: str
    version: str
    images: tuple[Image, ...]
    used_at: datetime | None = None
    is_running: bool = False

    @property
    def likelihood(self) -> tuple[bool, float]:
        """What runs now comes first, then what was wanted last."""
        return self.is_running, self.used_at.timestamp() if self.used_at else 0.0


def wanted(candidates: Iterable[Candidate], most: int) -> list[Image]:
    """The images that each host is to have, the likeliest first, ``most`` at the most; a service comes whole or not at all."""
    found: dict[str, Image] = {}
    # By name first: of those that are as likely the order stays the same.
    for candidate in sorted(sorted(candidates, key=lambda each: each.key), key=lambda each: each.likelihood, reverse=True):
        lacking = {image.digest: image for image in candidate.images if image.digest not in found}
        if len(found) + len(lacking) <= most:
            found |= lacking
    return list(found.values())


def pairs(images: Sequence[Image], hosts: Iterable[HostTraits]) -> dict[tuple[str, str], tuple[HostTraits, Image, int]]:
    """By host and digest: each host that takes tasks with each image that may be placed on it, and the image's place."""
    return {
        (host.id, image.digest): (host, image, place)
        for host in hosts
        if host.is_asked
        for place, image in enumerate(images)
        if all(fits(constraint, host) for constraint in image.constraints)
    }


def fits(constraint: str, host: HostTraits) -> bool:
    """Whether the swarm would place a task with this constraint there, as swarmkit reads it (manager/constraint); what is
    not understood fits nowhere."""
    found = _CONSTRAINT.match(constraint)
    value = _trait(found[1].lower(), found[1], host) if found else None
    if found is None or value is None:
        return False
    return (value.lower() == found[3].lower()) == (found[2] == "==")


def _trait(name: str, written: str, host: HostTraits) -> str | None:
    """What the constraint's left side stands for; a label that is not there is empty."""
    for prefix, labels in (("node.labels.", host.labels), ("engine.labels.", host.engine_labels)):
        if name.startswith(prefix):
            return labels.get(written[len(prefix) :], "")
    known = {"id": host.id, "hostname": host.name, "role": host.role, "platform.os": host.os, "platform.arch": host.arch}
    return known.get(name.removeprefix("node.")) if name.startswith("node.") else None


def batch(rows: Iterable[HostImage], moment: datetime) -> list[HostImage]:
    """What is pulled next: one image, on as many hosts as may pull at once."""
    due = [row for row in rows if row.state in {"waiting", "failed"} and (row.next_attempt_at or moment) <= moment]
    due.sort(key=lambda row: (row.attempts, row.place, row.host))
    return [row for row in due if row.digest == due[0].digest][:AT_ONCE]


def pause(attempts: int) -> timedelta:
    """How long after so many failed attempts in a row the next one is made."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(attempts - 1, 10)))
