"""One run as the client asked for it, and how it comes over a socket."""

import os
import socket
from dataclasses import dataclass

from controlplane.worker import LENGTH

_LONGEST = 16 * 1024 * 1024
_FILES = 3


@dataclass
class Call:
    """What the client told: its words as they came, and its standard input, output and error."""

    text: bytes
    files: list[int]

    def __post_init__(self) -> None:
        folder, count, *words = map(os.fsdecode, self.text.split(b"\0"))
        self.folder, self.argv = folder, words[: int(count)]
        self.environment = {name: value for name, _, value in (word.partition("=") for word in words[int(count) :])}

    def close(self) -> None:
        """Let go of its files; whoever carries it out has them."""
        for file in self.files:
            os.close(file)


def received(line: socket.socket) -> Call:
    """The next call. Raises ``ValueError`` or ``OSError`` for what is none."""
    head, files, _, _ = socket.recv_fds(line, LENGTH, _FILES)
    if not head:
        raise ConnectionError("nobody is at the other end any more")
    length = int.from_bytes(head, "big")
    if len(files) != _FILES or not 0 < length <= _LONGEST:
        for file in files:
            os.close(file)
        raise ValueError("not three files and a message")
    text = b""
    while len(text) < length and (part := line.recv(length - len(text))):
        text += part
    return Call(text, files)


def send(line: socket.socket, call: Call) -> None:
    """Pass a call on. Raises ``OSError``."""
    socket.send_fds(line, [len(call.text).to_bytes(LENGTH, "big")], call.files)
    line.sendall(call.text)
