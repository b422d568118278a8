"""Starts porters on the engine of the director's host, through the Docker SDK: a node's files are data, not the swarm's."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import docker
import requests
from docker.errors import DockerException, NotFound

from controlplane.errors import FilesUnreachable, NoFilesYet
from controlplane.porter.ports import Place, Volume
from controlplane.porter.remote import PART
from controlplane.porter.sent import command_for, mounts_of

_MEMORY = 128 * 1024 * 1024
# Seconds that a porter may take for one step: a folder of many thousand files takes some to be removed.
_PATIENCE = 300
# It acts for whoever owns a file in the node, which may be anybody; it has nothing but the volumes to act upon.
_RIGHTS = ["CHOWN", "DAC_OVERRIDE", "FOWNER"]
_STDOUT = 1


class DockerPorters:
    """Porters of one deployment. They are made of ``image`` (anything with Python), or of what the director runs from."""

    def __init__(self, stack: str, image: str | None = None):
        self._stack, self._image = stack, image
        self._client = docker.APIClient(version="auto", timeout=30)

    def host(self) -> str:
        """See ``porter.remote.Here.host``."""
        with _reaching():
            return str((self._client.info().get("Swarm") or {}).get("NodeID") or "")

    def open(self, place: Place) -> "DockerChannel":
        """See ``porter.ports.Porters.open``."""
        with _reaching():
            for volume in place.volumes:
                self._refuse_unmade(volume)
            made = self._client.create_container_from_config(self._config(place))
            return self._started(made["Id"])

    def _started(self, container: str) -> "DockerChannel":
        try:
            ways = {"stdin": 1, "stdout": 1, "stream": 1}
            # Before the start: nothing that it says is lost.
            attached = self._client.attach_socket(container, params=ways)
            self._client.start(container)
        except BaseException:
            with suppress(DockerException, requests.RequestException):
                self._client.remove_container(container, force=True)
            raise
        return DockerChannel(attached, lambda: self._remove(container))

    def _remove(self, container: str) -> None:
        """It ends by itself when nobody is at the other end; this is for one that hangs."""
        with suppress(DockerException, requests.RequestException):
            self._client.remove_container(container, force=True)

    def _refuse_unmade(self, volume: Volume) -> None:
        """A container would make it, without its labels and without what the image puts there."""
        try:
            self._client.inspect_volume(volume.name)
        except NotFound as error:
            raise NoFilesYet from error

    def _config(self, place: Place) -> Any:
        mounts = [
            {"Type": "volume", "Source": source, "Target": target, "VolumeOptions": {"NoCopy": True}}
            for source, target in mounts_of(place)
        ]
        return {
            "Image": self._image or self._own_image(),
            "Entrypoint": command_for(place),
            "Cmd": [],
            "User": "0:0",
            "WorkingDir": "/",
            "Labels": {"werkbank.stack": self._stack, "werkbank.part": PART},
            "Healthcheck": {"Test": ["NONE"]},
            "AttachStdin": True,
            "AttachStdout": True,
            "AttachStderr": False,
            "OpenStdin": True,
            "StdinOnce": True,
            "HostConfig": _alone(mounts),
        }

    def _own_image(self) -> str:
        labels = [f"werkbank.stack={self._stack}", "werkbank.part=director"]
        found = self._client.containers(filters={"label": labels, "status": "running"})
        if not found:
            raise FilesUnreachable
        return str(found[0]["ImageID"])


class DockerChannel:
    """The attached standard input and output of a porter."""

    def __init__(self, attached: Any, remove: Callable[[], None]):
        self._attached, self._remove = attached, remove
        self._socket: socket.socket = attached._sock
        self._socket.settimeout(_PATIENCE)
        self._left = 0  # of the piece of output that is being read

    def send(self, data: bytes) -> None:
        """See ``porter.ports.Channel.send``."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise FilesUnreachable from error

    def receive(self, most: int) -> bytes:
        """See ``porter.ports.Channel.receive``."""
        try:
            while not self._left:
                stream, length = struct.unpack(">BxxxI", self._exactly(8))
                if stream == _STDOUT:
                    self._left = length
                else:
                    self._exactly(length)
            data = self._socket.recv(min(most, self._left))
        except OSError as error:
            raise FilesUnreachable from error
        if not data:
            raise FilesUnreachable
        self._left -= len(data)
        return data

    def close(self) -> None:
        """See ``porter.ports.Channel.close``."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # The answer first: it looks after what is read from it once more.
        self._attached._response.close()
        self._attached.close()
        self._socket.close()
        threading.Thread(target=self._remove, name="porter's end", daemon=True).start()

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            piece = self._socket.recv(count - len(found))
            if not piece:
                raise FilesUnreachable
            found += piece
        return found


def _alone(mounts: list[dict[str, Any]]) -> dict[str, Any]:
    """With the volumes, and nothing else of the world. What it says is a file's content: no log may have it."""
    return {
        "Mounts": mounts,
        "AutoRemove": True,
        "NetworkMode": "none",
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "CapAdd": _RIGHTS,
        "SecurityOpt": ["no-new-privileges"],
        "Memory": _MEMORY,
        "MemorySwap": _MEMORY,
        "NanoCpus": 10**9,
        "PidsLimit": 16,
        "LogConfig": {"Type": "none"},
    }


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (DockerException, requests.RequestException, OSError) as error:
        raise FilesUnreachable(f"The engine did not answer ({error}); the files are kept, and can be reached later.") from error
