"""How web hands files through between people and the director: in pieces, none of which is kept."""

import http.client
import json
import select
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app

from controlplane.errors import DirectorAway, FilesUnreachable
from webapp.asking import error_in

PIECE = 256 * 1024
# Bytes of an upload: more than any disk has. Flask takes "no limit" for its usual one.
ANY_SIZE = 1 << 60
# What an answer says of the file that it holds, and in whose name something is done.
ABOUT, ACTOR = "X-Werkbank-File", "X-Werkbank-Actor"
# Seconds without a single piece.
_PATIENCE = 330.0


@dataclass(frozen=True)
class Reply:
    """An answer of the director's: ``read`` gives its next bytes, and none at its end."""

    status: int
    about: dict[str, Any]
    read: Callable[[int], bytes]
    close: Callable[[], None]


# Method, path, headers and the body in pieces, if it has one.
Carrying = Callable[[str, str, dict[str, str], Iterable[bytes] | None], Reply]


def install(app: Flask, url: str, carry: Carrying | None = None) -> None:
    """The director's way for files is at ``url``, or another one."""
    app.extensions["carry"] = carry or _by_http(url)


class Stream:
    """A file on its way out. Ends with an error when it does not come whole, so that nobody takes a part for all of it."""

    def __init__(self, reply: Reply):
        self._reply, self.about = reply, reply.about
        self._left: int | None = reply.about.get("size")

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._reply.read(PIECE)
        except (OSError, http.client.HTTPException) as error:
            raise FilesUnreachable from error
        if self._left is not None:
            self._left -= len(piece)
        if piece:
            return piece
        if self._left:
            raise FilesUnreachable
        raise StopIteration

    def close(self) -> None:
        """Whoever wanted it has it, or does not want it any more."""
        self._reply.close()


def fetch(address: str, query: dict[str, str]) -> Stream:
    """A file from the director. Raises the error that it answers, and ``DirectorAway``."""
    reply = _carry("GET", f"{address}?{urlencode(query)}", {}, None)
    if reply.status != 200:
        raise error_in(_whole(reply))
    return Stream(reply)


def deliver(address: str, query: dict[str, str], pieces: Iterable[bytes], headers: dict[str, str]) -> Any:
    """Hands a file to the director; the data of its answer. Raises as ``fetch``."""
    reply = _carry("PUT", f"{address}?{urlencode(query)}", headers, pieces)
    body = _whole(reply)
    if reply.status != 200:
        raise error_in(body)
    return json.loads(body)["data"]


def _carry(method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes] | None) -> Reply:
    carry: Carrying = current_app.extensions["carry"]
    try:
        return carry(method, path, headers, pieces)
    except (OSError, http.client.HTTPException) as error:
        raise DirectorAway from error


def _whole(reply: Reply) -> bytes:
    try:
        return b"".join(iter(lambda: reply.read(PIECE), b""))
    finally:
        reply.close()


def _by_http(url: str) -> Carrying:
    address = urlsplit(url)

    def carry(method: str, path: str, headers: dict[str, str], pieces: Iterable[bytes] | None) -> Reply:
        connection = http.client.HTTPConnection(str(address.hostname), address.port or 80, timeout=_PATIENCE)
        try:
            connection.putrequest(method, path)
            for name, value in headers.items():
                connection.putheader(name, value)
            if pieces is not None:
                connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders()
            if pieces is not None:
                _send(connection, pieces)
            answer = connection.getresponse()
            about = json.loads(answer.getheader(ABOUT) or "{}")
        except BaseException:
            connection.close()
            raise
        return Reply(answer.status, about, answer.read, connection.close)

    return carry


def _send(connection: http.client.HTTPConnection, pieces: Iterable[bytes]) -> None:
    """The body; the rest of it stays where it is as soon as there is an answer, for that is a refusal."""
    for piece in pieces:
        if select.select([connection.sock], [], [], 0)[0]:
            return
        connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
    connection.send(b"0\r\n\r\n")
