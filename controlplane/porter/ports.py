"""What carrying files needs of the world: a porter for some volumes."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Volume:
    """One of a node's volumes: ``id`` is what people call it (`/home/jovyan`), ``name`` what the engine does, ``target``
    where the node's container has it."""

    id: str
    name: str
    target: str


@dataclass(frozen=True)
class Place:
    """Where a node's files are: its volumes, and the host that it ran on last, None before its first start."""

    volumes: tuple[Volume, ...]
    host: str | None = None


@dataclass(frozen=True)
class PorterSpec:
    """A porter on another host that is to be there (controlplane/porter/remote.py): a service with one task, which is not
    started again. ``file`` holds what no run's record may have: its token, and the program."""

    name: str
    host: str
    image: str
    network: str
    mounts: tuple[dict[str, str], ...]
    file: str


class Channel(Protocol):
    """The two ends of a porter's program (controlplane/porter/program.py). Each raises ``FilesUnreachable`` when it ended."""

    def send(self, data: bytes) -> None:
        """All of it; waits while the porter is at work."""

    def receive(self, most: int) -> bytes:
        """Some bytes, at least one."""

    def close(self) -> None:
        """The porter ends, wherever it is."""


class Porters(Protocol):
    """Has porters, each for the volumes of one node."""

    def open(self, place: Place) -> Channel:
        """A porter at work. Raises ``FilesElsewhere``, ``NoFilesYet`` and ``FilesUnreachable``."""
