"""A registry for hosts of the lab: in this process, with images of one file each, and with patience where a test wants it."""

import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from controlplane.ports import FoundImage
from tests.support.fakes import image

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class Shelf:
    """What it has; ``address`` is where hosts find it. Layers are handed out while ``is_open`` is set."""

    def __init__(self, address: str):
        self.address = address
        self.is_open = threading.Event()
        self.is_open.set()
        self.blobs: dict[str, tuple[str, bytes]] = {}

    def put(self, key: str, version: str = "1.0.0") -> FoundImage:
        """An image of a service, with nothing in it that could be run; as the catalogue finds it."""
        labels = image(key, version).labels
        layer = _tar(f"{key}:{version}".encode())
        packed = gzip.compress(layer, mtime=0)
        config: dict[str, Any] = {"architecture": "amd64", "os": "linux", "config": {"Labels": labels}}
        config["rootfs"] = {"type": "layers", "diff_ids": [_digest(layer)]}
        told = json.dumps(config).encode()
        manifest: dict[str, Any] = {"schemaVersion": 2, "mediaType": _MANIFEST}
        manifest["config"] = {"mediaType": _CONFIG, "size": len(told), "digest": self._keep(_CONFIG, told)}
        manifest["layers"] = [{"mediaType": _LAYER, "size": len(packed), "digest": self._keep(_LAYER, packed)}]
        digest = self._keep(_MANIFEST, json.dumps(manifest).encode())
        return FoundImage(key, version, f"{self.address}/{key}:{version}@{digest}", digest, labels)

    def _keep(self, kind: str, content: bytes) -> str:
        self.blobs[_digest(content)] = kind, content
        return _digest(content)


@contextmanager
def shelf_at(host: str) -> Iterator[Shelf]:
    """A registry at one of this machine's addresses, as long as the block lasts."""
    server = ThreadingHTTPServer((host, 0), _Clerk)
    server.shelf = Shelf(f"{host}:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.shelf  # type: ignore[attr-defined]
    finally:
        server.shelf.is_open.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


class _Clerk(BaseHTTPRequestHandler):
    """Answers what an engine asks when it pulls by digest."""

    def do_GET(self) -> None:
        shelf: Shelf = self.server.shelf  # type: ignore[attr-defined]
        if self.path == "/v2/":
            return self._say("application/json", b"{}")
        kind, content = shelf.blobs.get(self.path.rpartition("/")[2], ("", b""))
        if kind == _LAYER:
            shelf.is_open.wait(60)
        return self._say(kind, content) if kind else self.send_error(404)

    do_HEAD = do_GET  # noqa: N815  http.server's name

    def _say(self, kind: str, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Docker-Content-Digest", _digest(content))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _tar(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("what")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
