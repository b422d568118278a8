"""A folder as a tar that is made while it is sent."""

import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from controlplane.porter.entries import regular
from controlplane.porter.line import PIECE, Refused
from controlplane.porter.walk import DEEPEST, FOLDER, PART

_TYPES = {stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE}


def archived(folder: int, name: str) -> Iterator[bytes]:
    """A folder as a tar, in pieces; nothing of it is kept in memory, however much it is."""
    ready = bytearray()
    for part in _filled(folder, name, 0):
        ready += part
        while len(ready) >= PIECE:
            yield bytes(ready[:PIECE])
            del ready[:PIECE]
    yield bytes(ready) + bytes(2 * tarfile.BLOCKSIZE)


def _filled(folder: int, path: str, depth: int) -> Iterator[bytes]:
    if depth > DEEPEST:
        raise Refused("too-deep")
    yield _head(path, os.fstat(folder))
    with os.scandir(folder) as found:
        names = sorted(item.name for item in found if not item.name.startswith(PART))
    for name in names:
        # What goes while it is archived is not in the archive.
        with suppress(FileNotFoundError):
            yield from _added(folder, name, f"{path}/{name}", depth)


def _added(folder: int, name: str, path: str, depth: int) -> Iterator[bytes]:
    about = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISDIR(about.st_mode):
        inner = os.open(name, FOLDER, dir_fd=folder)
        try:
            yield from _filled(inner, path, depth + 1)
        finally:
            os.close(inner)
    elif stat.S_ISLNK(about.st_mode):
        yield _head(path, about, os.readlink(name, dir_fd=folder))
    elif stat.S_ISREG(about.st_mode):
        with regular(name, folder) as file:
            yield from _file(file, path)


def _file(file: Any, path: str) -> Iterator[bytes]:
    """One file, as long as it was when it began: what is missing at its end is zeros, as in every tar."""
    about = os.fstat(file.fileno())
    yield _head(path, about)
    left = about.st_size
    while left:
        piece = file.read(min(PIECE, left)) or bytes(min(PIECE, left))
        yield piece
        left -= len(piece)
    yield bytes(-about.st_size % tarfile.BLOCKSIZE)


def _head(path: str, about: os.stat_result, link: str = "") -> bytes:
    member = tarfile.TarInfo(path)
    member.mtime, member.mode, member.linkname = int(about.st_mtime), about.st_mode & 0o777, link
    member.type = _TYPES.get(stat.S_IFMT(about.st_mode), tarfile.REGTYPE)
    member.size = about.st_size if stat.S_ISREG(about.st_mode) else 0
    return member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
