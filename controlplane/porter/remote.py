"""Porters on the other hosts of the swarm: a service with one task each, which the director speaks with by TCP."""

import json
import logging
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from controlplane.errors import ControlPlaneError, FilesElsewhere, FilesUnreachable, NoFilesYet, SwarmUnreadable
from controlplane.porter import proof
from controlplane.porter.ports import Channel, Place, Porters, PorterSpec
from controlplane.porter.sent import command_for, mounts_of
from controlplane.ports import Host, Order, Outcome
from controlplane.spec import porters_network_name

log = logging.getLogger(__name__)
PART = "porter"
# Where its container has the token (roles/node_service/library/node_service_porters.py).
_TOKEN_FILE = "/run/secrets/porter"  # noqa: S105  a path
# Seconds until a porter is given up that does not come; a first look may wait for an image.
_PATIENCE = 40.0
_PAUSE = 0.05
# Seconds for one step, and after how many of them without any it is asked whether the host is still there.
_STEP_PATIENCE, _ASK_AFTER = 300.0, 5.0
_CONNECTS = ("starting", "running")
# What the engine says of a volume that is not there (`node_service_porters` has it refuse to make one), and of an image.
_NO_VOLUME, _NO_IMAGE = "invalid option", "No such image"

Write = Callable[[Order], Outcome]
Dial = Callable[[str, int], socket.socket]


@dataclass(frozen=True)
class PorterTask:
    """The task of a porter's service: its ``state`` as swarm says it, and where it is reached."""

    state: str
    error: str = ""
    address: str | None = None
    is_over: bool = False


class PorterServices(Protocol):
    """Reads the swarm, as far as porters go. Each raises ``SwarmUnreadable``."""

    def host(self, host_id: str) -> Host | None:
        """A host; None when the swarm has none of this id."""

    def image(self) -> str:
        """An image with Python that every host may fetch."""

    def task(self, name: str) -> PorterTask | None:
        """The newest task of a porter."""

    def shown(self) -> dict[str, bool]:
        """The names of all porters of this deployment, and of tokens that were left, each with whether it is over."""

    def subnets(self) -> tuple[str, ...]:
        """The addresses that porters have: nobody there is to be answered."""


class _Use(StrEnum):
    """What a porter is kept for."""

    OPENING = "opening"
    WAITING = "waiting"  # for its image; who asked was told to come again
    OPEN = "open"


@dataclass(frozen=True)
class _Porter:
    name: str
    token: str
    host: Host


class RemotePorters:
    """Porters of one deployment; ``write`` makes what it is given true in the swarm, ``folder`` is the director's alone."""

    def __init__(self, stack: str, services: PorterServices, write: Write, folder: Path, dial: Dial | None = None):
        self._stack, self._services, self._write, self._folder = stack, services, write, folder
        self._dial = dial or dialed
        self._lock = threading.Lock()
        self._uses: dict[str, _Use] = {}
        self._waiting: dict[Place, _Porter] = {}
        self._unused: set[str] = set()

    def open(self, place: Place) -> "RemoteChannel":
        """See ``porter.ports.Porters.open``."""
        with _asking():
            host = self._well(place.host or "")
            porter = self._taken(place) or self._made(place, host)
            try:
                connection = self._met(porter)
            except _StillFetching as error:
                self._keep(place, porter)
                raise FilesUnreachable(
                    f"The host {host.name} is fetching what carries files there, for the first time; the files are kept, and "
                    "nothing was changed. Try again in a minute."
                ) from error
            except BaseException:
                self._let_go(porter.name)
                raise
        self._use(porter.name, _Use.OPEN)
        return RemoteChannel(connection, lambda: self._let_go(porter.name), lambda: self._is_well(host.id))

    def sweep(self) -> None:
        """Removes the porters that have ended, and those that nobody uses: of a director before this one, which nobody can
        reach any more. What the swarm does not tell is left as it is."""
        try:
            shown = self._services.shown()
        except SwarmUnreadable as error:
            log.warning("%s", error)
            return
        if gone := self._gone(shown):
            outcome = self._write(Order(porters_absent=tuple(sorted(gone))))
            if not outcome.is_ok:
                log.warning("Porters that have ended are not removed yet (%s); it is tried again.", outcome.message)

    def _gone(self, shown: dict[str, bool]) -> set[str]:
        """Of what is shown, what may go; nobody uses it from here on."""
        ours = {name for name in shown if re.fullmatch(rf"{re.escape(self._stack)}_porter_[0-9a-f]{{16}}", name)}
        with self._lock:
            over = {name for name in ours if shown[name] and self._uses.get(name) != _Use.OPENING}
            unused = {name for name in ours if name not in self._uses}
            # Twice: this look may have begun before somebody was told of.
            gone = over | (unused & self._unused)
            self._unused = unused
            self._uses = {name: use for name, use in self._uses.items() if name not in gone}
            self._waiting = {place: porter for place, porter in self._waiting.items() if porter.name not in gone}
        return gone

    # One porter ---------------------------------------------------------------------------------------------------

    def _well(self, host_id: str) -> Host:
        """The host, which takes a task. Raises ``FilesElsewhere``."""
        host = self._services.host(host_id)
        if host is None:
            raise FilesElsewhere(
                "This node ran last on a host that is not in the swarm any more. Its files are kept on that machine's disk; "
                "nothing was changed. Ask an administrator of this deployment for them."
            )
        if host.state != "ready":
            raise FilesElsewhere(
                f"The files of this node are on the host {host.name}, which does not answer at the moment. They are kept on its "
                "disk; nothing was changed. Try again once it is back."
            )
        if host.availability != "active":
            raise FilesElsewhere(
                f"The files of this node are on the host {host.name}, which takes no work at the moment (it is drained or "
                "paused). They are kept on its disk; nothing was changed. An administrator can activate it under Cluster."
            )
        return host

    def _is_well(self, host_id: str) -> bool:
        """Whether it can be hoped for; unknown is not gone."""
        try:
            host = self._services.host(host_id)
        except SwarmUnreadable:
            return True
        return host is not None and host.state == "ready"

    def _made(self, place: Place, host: Host) -> _Porter:
        porter = _Porter(f"{self._stack}_porter_{secrets.token_hex(8)}", secrets.token_hex(32), host)
        self._use(porter.name, _Use.OPENING)
        try:
            outcome = self._make(porter, place)
            if not outcome.is_ok:
                raise FilesUnreachable(
                    f"Nothing could be started on the host {host.name} that carries its files ({outcome.message or 'canceled'}); "
                    "they are kept there. Try again in a minute."
                )
        except BaseException:
            self._let_go(porter.name)
            raise
        return porter

    def _make(self, porter: _Porter, place: Place) -> Outcome:
        image, network = self._services.image(), porters_network_name(self._stack)
        mounts = tuple({"source": source, "target": target} for source, target in mounts_of(place))
        file = self._folder / f"{porter.name}.json"
        try:
            _write_for_us(file, {"token": porter.token, "command": command_for(place, _TOKEN_FILE)})
            return self._write(Order(porters=(PorterSpec(porter.name, porter.host.id, image, network, mounts, str(file)),)))
        finally:
            file.unlink(missing_ok=True)

    def _met(self, porter: _Porter) -> socket.socket:
        """The connection, proven by both sides."""
        deadline = time.monotonic() + _PATIENCE
        task: PorterTask | None = None
        while time.monotonic() < deadline:
            task = self._services.task(porter.name)
            if task and task.is_over:
                raise _why(task, porter.host)
            if task and task.address and task.state in _CONNECTS and (connection := self._proven(task.address, porter)):
                return connection
            time.sleep(_PAUSE)
        if task and task.state == "preparing":
            raise _StillFetching
        raise FilesUnreachable(
            f"The host {porter.host.name} has the files of this node and does not hand them out (its porter is "
            f"{task.state if task else 'unknown'}). They are kept; nothing was changed. Try again in a minute."
        )

    def _proven(self, address: str, porter: _Porter) -> socket.socket | None:
        """None while nobody is there who knows the token."""
        with suppress(OSError):
            connection = self._dial(address, proof.PORT)
            try:
                proof.approach(connection, porter.token.encode())
            except proof.Unproven:
                connection.close()
            else:
                return connection
        return None

    # Who needs which ----------------------------------------------------------------------------------------------

    def _use(self, name: str, use: _Use) -> None:
        with self._lock:
            self._uses[name] = use

    def _let_go(self, name: str) -> None:
        with self._lock:
            self._uses.pop(name, None)

    def _keep(self, place: Place, porter: _Porter) -> None:
        with self._lock:
            self._waiting[place], self._uses[porter.name] = porter, _Use.WAITING

    def _taken(self, place: Place) -> _Porter | None:
        """The one that was waited for, unless nobody came for it in time."""
        with self._lock:
            porter = self._waiting.get(place)
        task = self._services.task(porter.name) if porter else None
        with self._lock:
            # Who else came for it meanwhile has it.
            if porter is None or self._waiting.pop(place, None) is not porter:
                return None
            if task is None or task.is_over:
                self._uses.pop(porter.name, None)
                return None
            self._uses[porter.name] = _Use.OPENING
            return porter


class RemoteChannel:
    """The connection with a porter on another host."""

    def __init__(self, connection: socket.socket, let_go: Callable[[], None], is_host_well: Callable[[], bool]):
        self._connection, self._let_go, self._is_host_well = connection, let_go, is_host_well
        connection.settimeout(_ASK_AFTER)

    def send(self, data: bytes) -> None:
        """See ``porter.ports.Channel.send``."""
        left = memoryview(data)
        while left:
            left = left[self._stepped(self._connection.send, left) :]

    def receive(self, most: int) -> bytes:
        """See ``porter.ports.Channel.receive``."""
        data: bytes = self._stepped(self._connection.recv, most)
        if not data:
            raise FilesUnreachable
        return data

    def close(self) -> None:
        """See ``porter.ports.Channel.close``."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        self._let_go()

    def _stepped(self, act: Callable[[Any], Any], what: Any) -> Any:
        """A disk may be slow for minutes; a host that is down is not waited for."""
        deadline = time.monotonic() + _STEP_PATIENCE
        while True:
            try:
                return act(what)
            except OSError as error:
                # Of this socket's own patience, which has no number; the kernel's has one.
                is_slow = isinstance(error, TimeoutError) and error.errno is None
                if not is_slow or time.monotonic() > deadline or not self._is_host_well():
                    raise FilesUnreachable(
                        "The host of these files, or what carries them there, went away in the middle of this. Nothing is "
                        "half there; look at them again, and try again."
                    ) from error


class Here(Porters, Protocol):
    """Porters on the director's own host."""

    def host(self) -> str:
        """Its id in the swarm."""


class AllPorters:
    """Porters on every host of the swarm: on the director's own without a detour through the swarm."""

    def __init__(self, here: Here, elsewhere: Porters):
        self._here, self._elsewhere = here, elsewhere

    def open(self, place: Place) -> Channel:
        """See ``porter.ports.Porters.open``."""
        is_here = place.host is None or place.host == self._here.host()
        return (self._here if is_here else self._elsewhere).open(place)


class _StillFetching(Exception):
    """The host is at work on the image."""


def dialed(address: str, port: int) -> socket.socket:
    """A connection. A first word that is lost on a network which is new to a host is said again soon, not after a second."""
    connection = socket.create_connection((address, port), timeout=0.3)
    proof.stay_alert(connection)
    return connection


def _why(task: PorterTask, host: Host) -> ControlPlaneError:
    if _NO_VOLUME in task.error:
        return NoFilesYet(
            f"The folders of this node are not on the host {host.name}, where it ran last; nothing was changed. Start the "
            "node: that makes them, empty."
        )
    if _NO_IMAGE in task.error:
        return FilesUnreachable(
            f"The host {host.name} cannot fetch from the registry what carries its files; they are kept there. Ask an "
            "administrator of this deployment whether that host reaches the registry."
        )
    return FilesUnreachable(
        f"What carries files did not start on the host {host.name} ({task.error or task.state}); they are kept there. Try "
        "again in a minute."
    )


def _write_for_us(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        json.dump(content, opened)


@contextmanager
def _asking() -> Iterator[None]:
    """What the swarm does not tell is no fault of the files."""
    try:
        yield
    except SwarmUnreadable as error:
        raise FilesUnreachable(f"{error} The files are kept, and can be reached later.") from error
