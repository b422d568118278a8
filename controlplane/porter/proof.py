"""How a director and a porter on another host prove to each other, over TCP, that both have the porter's token.

Each side sends a fresh nonce, and the keyed digest (HMAC-SHA-256, RFC 2104) of both nonces under a name of its own: the
token never passes the network, and what somebody recorded proves nothing a second time. A part of the porter's program
(`program.py`): it imports nothing but the standard library.
"""

import hashlib
import hmac
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from controlplane.porter.line import SILENCE

PORT = 7000
# Seconds for a proof; whoever takes longer is nobody.
_PATIENCE = 3.0
_NONCE = 32
# Seconds: a network that is gone for longer is noticed by a side that waits, and the porter removes what came half.
_IDLE, _EVERY, _TRIES = 5, 3, 3


class Unproven(Exception):
    """The other side does not know the token."""


def accept(connection: socket.socket, token: bytes) -> None:
    """The porter's side. Raises ``Unproven``, also when the other side goes or says nothing."""
    with _proving(connection) as (mine, theirs):
        _check(connection, _digest(token, b"director", theirs, mine))
        connection.sendall(_digest(token, b"porter", theirs, mine))


def approach(connection: socket.socket, token: bytes) -> None:
    """The director's side, which proves itself first. Raises as ``accept``."""
    with _proving(connection) as (mine, theirs):
        connection.sendall(_digest(token, b"director", mine, theirs))
        _check(connection, _digest(token, b"porter", mine, theirs))


def awaited(token: bytes, port: int = PORT) -> socket.socket | None:
    """The connection of the director, once it is proven; None when nobody comes who can. Nobody can come after it."""
    deadline = time.monotonic() + SILENCE
    with socket.create_server(("", port), backlog=4) as server:
        while (left := deadline - time.monotonic()) > 0:
            server.settimeout(left)
            try:
                connection, _ = server.accept()
                accept(connection, token)
            except TimeoutError:
                return None
            except Unproven:
                connection.close()
                continue
            stay_alert(connection)
            connection.settimeout(None)
            return connection
    return None


def stay_alert(connection: socket.socket) -> None:
    """Whoever waits on it hears within 15 s that the other side's host has gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, _IDLE), (socket.TCP_KEEPINTVL, _EVERY), (socket.TCP_KEEPCNT, _TRIES)):
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@contextmanager
def _proving(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """This side's nonce and the other's."""
    connection.settimeout(_PATIENCE)
    try:
        mine = secrets.token_bytes(_NONCE)
        connection.sendall(mine)
        yield mine, _exactly(connection, _NONCE)
    except OSError as error:
        raise Unproven from error


def _check(connection: socket.socket, wanted: bytes) -> None:
    if not hmac.compare_digest(_exactly(connection, len(wanted)), wanted):
        raise Unproven


def _digest(token: bytes, who: bytes, *nonces: bytes) -> bytes:
    return hmac.new(token, b"|".join((who, *nonces)), hashlib.sha256).digest()


def _exactly(connection: socket.socket, count: int) -> bytes:
    found, deadline = b"", time.monotonic() + _PATIENCE
    while len(found) < count:
        piece = connection.recv(count - len(found))
        if not piece or time.monotonic() > deadline:
            raise Unproven
        found += piece
    return found
