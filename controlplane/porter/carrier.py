"""The director's end of a porter: gives it orders, and hands files on in pieces."""

import json
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from controlplane.errors import FilesUnreachable, TooManyTransfers
from controlplane.porter import refusals
from controlplane.porter.ports import Channel, Place, Porters

# Porters at work at once, and seconds that an idle one is kept for the next question: less than its own patience.
MOST = 24
_KEPT = 30
_PIECE = 256 * 1024

Answer = dict[str, Any]


class Carrier:
    """One porter. After an error that is no refusal it must be closed."""

    def __init__(self, channel: Channel):
        self._channel = channel
        self.idle_since = time.monotonic()

    def ask(self, act: str, **words: Any) -> Answer:
        """The answer to an order. Raises what the refusal means (controlplane/porter/refusals.py)."""
        self._say({"act": act} | words)
        return self.answer()

    def answer(self) -> Answer:
        """The next answer."""
        kind, body = self._message()
        if kind != b"J":
            raise FilesUnreachable
        return self._understood(json.loads(body))

    def pieces(self) -> Iterator[bytes]:
        """The file that comes after an answer, until its end. Raises as ``ask`` when it does not come whole."""
        while True:
            kind, body = self._message()
            if kind != b"D":
                self._understood(json.loads(body))
                raise FilesUnreachable
            if not body:
                self.answer()
                return
            yield body

    def send(self, pieces: Iterable[bytes]) -> None:
        """A file."""
        for piece in pieces:
            for start in range(0, len(piece), _PIECE):
                part = piece[start : start + _PIECE]
                self._channel.send(struct.pack(">cI", b"D", len(part)) + part)
        self._channel.send(struct.pack(">cI", b"D", 0))

    def close(self) -> None:
        """It ends."""
        self._channel.close()

    def _say(self, words: Answer) -> None:
        body = json.dumps(words).encode()
        self._channel.send(struct.pack(">cI", b"J", len(body)) + body)

    def _message(self) -> tuple[bytes, bytes]:
        kind, length = struct.unpack(">cI", self._read(5))
        return kind, self._read(length)

    def _read(self, count: int) -> bytes:
        found = bytearray()
        while len(found) < count:
            found += self._channel.receive(count - len(found))
        return bytes(found)

    @staticmethod
    def _understood(answer: Answer) -> Answer:
        if "error" in answer:
            raise refusals.error_of(answer["error"], str(answer.get("about") or ""))
        ok: Answer = answer["ok"]
        return ok


class Carriers:
    """Porters that are at work, and those that wait a moment for the next order: to start one takes some time."""

    def __init__(self, porters: Porters):
        self._porters, self._lock = porters, threading.Lock()
        self._idle: dict[Place, list[Carrier]] = {}
        self._at_work = 0

    @contextmanager
    def at(self, place: Place) -> Iterator[Carrier]:
        """A porter for one act. Raises ``TooManyTransfers`` and as ``Porters.open``."""
        carrier = self._take(place)
        is_well = False
        try:
            yield carrier
            is_well = True
        except refusals.REFUSALS:
            is_well = True
            raise
        finally:
            self._give_back(place, carrier, is_well=is_well)

    def close(self) -> None:
        """Those that wait end."""
        with self._lock:
            waiting, self._idle = [each for found in self._idle.values() for each in found], {}
        for carrier in waiting:
            carrier.close()

    def _take(self, place: Place) -> Carrier:
        self._close_old()
        with self._lock:
            if self._at_work >= MOST:
                raise TooManyTransfers
            self._at_work += 1
            if found := self._idle.get(place):
                return found.pop()
        try:
            return Carrier(self._porters.open(place))
        except BaseException:
            with self._lock:
                self._at_work -= 1
            raise

    def _give_back(self, place: Place, carrier: Carrier, *, is_well: bool) -> None:
        with self._lock:
            self._at_work -= 1
            if is_well:
                carrier.idle_since = time.monotonic()
                self._idle.setdefault(place, []).append(carrier)
        if not is_well:
            carrier.close()

    def _close_old(self) -> None:
        limit = time.monotonic() - _KEPT
        with self._lock:
            old = [each for found in self._idle.values() for each in found if each.idle_since < limit]
            kept = {place: [each for each in found if each.idle_since >= limit] for place, found in self._idle.items()}
            self._idle = {place: found for place, found in kept.items() if found}
        for carrier in old:
            carrier.close()
