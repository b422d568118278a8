"""Reads the engine's words: what its tasks say of a service, and its moments."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from controlplane.causes import PATIENT, Told, cause_of
from controlplane.model import Observed

_ACTIVE = {"new", "allocated", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running"}
_OVER = {"failed", "rejected", "complete"}
_NANOSECONDS = re.compile(r"\.\d+")
NO_HOST = "no suitable node"


@dataclass(frozen=True)
class Service:
    """One service of a node with its tasks, oldest first, as the engine's API has them."""

    raw: dict[str, Any]
    tasks: tuple[dict[str, Any], ...]

    @property
    def labels(self) -> dict[str, str]:
        """The labels that the role wrote."""
        return self.raw["Spec"]["Labels"]  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        """Its name in the swarm."""
        return str(self.raw["Spec"]["Name"])

    @property
    def role(self) -> str:
        """main or dependency."""
        return self.labels.get("type") or "main"

    @property
    def image(self) -> str:
        """The reference that hosts fetch."""
        return str(self.raw["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"])

    @property
    def memory_bytes(self) -> int:
        """Its limit; 0 without one."""
        limits = (self.raw["Spec"]["TaskTemplate"].get("Resources") or {}).get("Limits") or {}
        return int(limits.get("MemoryBytes") or 0)

    @property
    def newest(self) -> dict[str, Any] | None:
        """The task that counts."""
        return self.tasks[-1] if self.tasks else None

    @property
    def over(self) -> list[dict[str, Any]]:
        """The tasks that ended although nobody wanted them to."""
        return [task for task in self.tasks if task["Status"]["State"] in _OVER]

    @property
    def lost(self) -> dict[str, Any] | None:
        """The task that explains what is wrong: the last that ended, or one that no host takes."""
        if self.newest is not None and NO_HOST in words_of(self.newest):
            return self.newest
        return self.over[-1] if self.over else None

    @property
    def is_retried(self) -> bool:
        """The swarm starts it again by itself: the next task is there, or still due (its restart policy)."""
        newest, lost = self.newest, self.lost
        if newest is None or lost is None or newest["Status"]["State"] == "pending":
            return newest is not lost
        if newest is not lost and newest["Status"]["State"] in _ACTIVE:
            return True
        policy = self.raw["Spec"]["TaskTemplate"].get("RestartPolicy") or {}
        is_due = policy.get("Condition") != "none" and lost["Status"]["State"] != "complete"
        return is_due and len(self.over) <= int(policy.get("MaxAttempts") or 0)

    @property
    def observed(self) -> Observed:
        """Failed, rejected and no host for it is no "not yet"; that the swarm tries again is."""
        if self.newest is None:
            return Observed.STARTING
        state = self.newest["Status"]["State"]
        if state == "running":
            return Observed.RUNNING
        if self.newest is self.lost and state in _ACTIVE:
            return Observed.STARTING if cause_of(self.told()).code in PATIENT else Observed.FAILED
        return Observed.STARTING if state in _ACTIVE or self.is_retried else Observed.FAILED

    @property
    def errors(self) -> tuple[str, ...]:
        """What the engine says of its tasks, each with its moment."""
        said = [(task["Status"]["Timestamp"], words_of(task)) for task in self.tasks]
        return tuple(f"{moment(at):%Y-%m-%dT%H:%M:%SZ} {words}" for at, words in said if words)

    @property
    def key(self) -> str:
        """What an inquiry about its failure is known by."""
        return f"{self.raw['ID']} {self.lost['ID'] if self.lost else ''}"

    def told(self, **learned: Any) -> Told:
        """What the failed task says, and what was learned beside it."""
        lost = self.lost or {"Status": {"State": "failed"}}
        return Told(
            state="pending" if NO_HOST in words_of(lost) else lost["Status"]["State"],
            words=words_of(lost),
            image=self.image,
            exit_code=int((lost["Status"].get("ContainerStatus") or {}).get("ExitCode") or 0),
            failures=len(self.over),
            memory_bytes=self.memory_bytes,
            **learned,
        )


def words_of(task: dict[str, Any]) -> str:
    """What the engine says went wrong with a task."""
    return str(task["Status"].get("Err") or "")


def moment(text: str) -> datetime:
    """A moment of the engine's, without its nanoseconds."""
    return datetime.fromisoformat(_NANOSECONDS.sub("", text).replace("Z", "+00:00")).astimezone(UTC)


def published(task: dict[str, Any] | None) -> int | None:
    """The port of the host at which a task is reached."""
    ports = ((task or {}).get("Status", {}).get("PortStatus") or {}).get("Ports") or []
    return next((port.get("PublishedPort") for port in ports), None)


def lines_of(raw: bytes, count: int) -> str:
    """The last lines of a log with moments in front, in their order, without the moments; the database takes no NUL."""
    lines = sorted(raw.decode(errors="replace").replace("\0", "").splitlines())[-count:]
    return "\n".join(line.partition(" ")[2] for line in lines)
