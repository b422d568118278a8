"""Porters in memory: their own program on folders of this machine."""

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from controlplane.errors import FilesUnreachable, NoFilesYet, SwarmUnreadable
from controlplane.porter import proof
from controlplane.porter.line import Line
from controlplane.porter.ports import Place, PorterSpec
from controlplane.porter.program import Porter
from controlplane.porter.remote import PorterTask
from controlplane.ports import Host, Order, Outcome


@dataclass
class FakePorters:
    """Porters beside the test: their program, on folders of this machine. A volume is a folder of ``root``."""

    root: Path | None = None
    here: str = "host-1"
    opened: int = 0

    def host(self) -> str:
        """See ``porter.remote.Here.host``."""
        return self.here

    def open(self, place: Place) -> "FakeChannel":
        """See ``porter.ports.Porters.open``."""
        if self.root is None:
            raise FilesUnreachable
        if not all((self.root / volume.name).is_dir() for volume in place.volumes):
            raise NoFilesYet
        self.opened += 1
        ours, theirs = socket.socketpair()
        volumes = {each.id: (str(self.root / each.name), each.target) for each in place.volumes}

        def work() -> None:
            with theirs:
                Porter(volumes, Line(theirs.fileno(), theirs.fileno())).serve()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return FakeChannel(ours, thread)


@dataclass
class FakeChannel:
    """One end of a pair of sockets."""

    end: socket.socket
    thread: threading.Thread

    def send(self, data: bytes) -> None:
        """See ``porter.ports.Channel.send``."""
        try:
            self.end.sendall(data)
        except OSError as error:
            raise FilesUnreachable from error

    def receive(self, most: int) -> bytes:
        """See ``porter.ports.Channel.receive``."""
        try:
            data = self.end.recv(most)
        except OSError as error:
            raise FilesUnreachable from error
        if not data:
            raise FilesUnreachable
        return data

    def close(self) -> None:
        """See ``porter.ports.Channel.close``."""
        self.end.close()
        self.thread.join(10)


@dataclass
class FakePorterServices:
    """A swarm's porters beside the test: their program, on folders of this machine. A volume of a host is a folder in that of
    the host, in ``root``."""

    root: Path | None = None
    machines: list[Host] = field(default_factory=list)
    is_away: bool = False
    # What every new porter's task comes to, when it is not well.
    fate: PorterTask | None = None
    # Who answers has another token.
    is_stranger: bool = False
    made: list[PorterSpec] = field(default_factory=list)
    alive: dict[str, threading.Thread] = field(default_factory=dict)
    _there: dict[str, tuple[PorterSpec, dict[str, Any]]] = field(default_factory=dict)

    def host(self, host_id: str) -> Host | None:
        """See ``remote.PorterServices.host``."""
        self._answer()
        return next((host for host in self.machines if host.id == host_id), None)

    def image(self) -> str:
        """See ``remote.PorterServices.image``."""
        return "registry/werkbank/gateway:1@sha256:0"

    def task(self, name: str) -> PorterTask | None:
        """See ``remote.PorterServices.task``."""
        self._answer()
        if name not in self._there:
            return None
        missing = [mount for mount in self._there[name][0].mounts if not self._folder(name, mount["source"]).is_dir()]
        if missing:
            return PorterTask("rejected", "create: invalid option", is_over=True)
        return self.fate or PorterTask("running", address=name, is_over=self._is_over(name))

    def shown(self) -> dict[str, bool]:
        """See ``remote.PorterServices.shown``."""
        self._answer()
        return {name: self._is_over(name) for name in self._there}

    def subnets(self) -> tuple[str, ...]:
        """See ``remote.PorterServices.subnets``."""
        return ()

    def write(self, order: Order) -> Outcome:
        """As the provisioner does."""
        for spec in order.porters:
            self.made.append(spec)
            self._there[spec.name] = spec, json.loads(Path(spec.file).read_text(encoding="utf-8"))
        for name in order.porters_absent:
            self._there.pop(name, None)
        return Outcome(True)

    def dial(self, address: str, _: int) -> socket.socket:
        """As `remote.dialed` does."""
        spec, told = self._there[address]
        ours, theirs = socket.socketpair()
        token = b"another" if self.is_stranger else told["token"].encode()
        folders = {name: (here, target) for name, (here, target) in json.loads(told["command"][-2]).items()}
        sources = {mount["target"]: str(self._folder(address, mount["source"])) for mount in spec.mounts}
        volumes = {name: (sources[here], target) for name, (here, target) in folders.items()}

        def work() -> None:
            with theirs, suppress(proof.Unproven):
                proof.accept(theirs, token)
                theirs.settimeout(None)
                Porter(volumes, Line(theirs.fileno(), theirs.fileno())).serve()

        self.alive[address] = threading.Thread(target=work, daemon=True)
        self.alive[address].start()
        return ours

    def _folder(self, name: str, volume: str) -> Path:
        assert self.root is not None
        return self.root / self._there[name][0].host / volume

    def _is_over(self, name: str) -> bool:
        return name in self.alive and not self.alive[name].is_alive()

    def _answer(self) -> None:
        if self.is_away:
            raise SwarmUnreadable
