"""Messages between the director and a porter.

A message is one byte for its kind, four for its length, and that many bytes: ``J`` is JSON, ``D`` a piece of a file; an
empty ``D`` ends the file. This module and those of the porter's program (`program.py`) run in a container that has nothing
but Python's standard library, so they import nothing else, and each other.
"""

import json
import os
import select
import struct
from collections.abc import Iterator
from typing import Any

PIECE = 256 * 1024
LONGEST_MESSAGE = 4 * 1024 * 1024
# Seconds without an order after which a porter ends by itself.
SILENCE = 60

Order = dict[str, Any]


class Refused(Exception):
    """It is not done; nothing was changed. ``code`` says why."""

    def __init__(self, code: str, about: str = ""):
        super().__init__(code)
        self.code, self.about = code, about


class Gone(Exception):
    """Whoever gave the order is not there any more."""


class Line:
    """Messages to and from the director."""

    def __init__(self, source: int, sink: int):
        self._source, self._sink = source, sink

    def order(self) -> Order | None:
        """The next order; None when there will be none."""
        if not select.select([self._source], [], [], SILENCE)[0]:
            return None
        try:
            kind, body = self._message()
        except Gone:
            return None
        return json.loads(body) if kind == b"J" else None

    def say(self, words: Order) -> None:
        """An answer."""
        self._write(b"J", json.dumps(words).encode())

    def send(self, pieces: Iterator[bytes]) -> None:
        """A file. Raises ``Gone`` as soon as nobody wants it any more: nothing is said to a porter while it sends."""
        for piece in pieces:
            if select.select([self._source], [], [], 0)[0]:
                raise Gone
            self._write(b"D", piece)
        self._write(b"D", b"")

    def pieces(self) -> Iterator[bytes]:
        """A file that comes. Raises ``Gone`` when it does not come whole."""
        while True:
            kind, body = self._message()
            if kind != b"D":
                raise Gone
            if not body:
                return
            yield body

    def _message(self) -> tuple[bytes, bytes]:
        kind, length = struct.unpack(">cI", self._read(5))
        if length > LONGEST_MESSAGE:
            raise Gone
        return kind, self._read(length)

    def _read(self, count: int) -> bytes:
        found = bytearray()
        while len(found) < count:
            try:
                piece = os.read(self._source, min(count - len(found), PIECE))
            except OSError as error:  # reset, or a network that has gone
                raise Gone from error
            if not piece:
                raise Gone
            found += piece
        return bytes(found)

    def _write(self, kind: bytes, body: bytes) -> None:
        left = memoryview(struct.pack(">cI", kind, len(body)) + body)
        try:
            while left:
                left = left[os.write(self._sink, left) :]
        except OSError as error:
            raise Gone from error
