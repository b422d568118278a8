"""Files of a volume, one at a time: how people see them, how they are opened, and whose they are."""

import os
import stat
import time
from contextlib import suppress
from typing import Any

from controlplane.porter.line import Order, Refused
from controlplane.porter.walk import PART

_STALE = 24 * 3600


def entry_of(name: str, about: os.stat_result) -> Order:
    """A name as people see it. One that is no text is shown as well as can be, and cannot be asked for."""
    kinds = {stat.S_IFDIR: "folder", stat.S_IFREG: "file", stat.S_IFLNK: "link"}
    shown = os.fsencode(name).decode(errors="replace")
    return {
        "name": shown,
        "kind": kinds.get(stat.S_IFMT(about.st_mode), "other"),
        "size": about.st_size if stat.S_ISREG(about.st_mode) else None,
        "modified": about.st_mtime,
        "is_usable": shown == name,
        "leads_to": None,
    }


def regular(name: str, folder: int) -> Any:
    """A file, opened without waiting for what is none: a pipe would hold the porter up."""
    number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        raise Refused("is-folder" if stat.S_ISDIR(mode) else "no-file", name)
    return os.fdopen(number, "rb", buffering=0)


def mode_for(name: str, folder: int, *, may_replace: bool) -> int:
    """The rights that an uploaded file gets: those of the one that it replaces. Raises ``Refused`` where it may not."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0o644
    if stat.S_ISDIR(mode):
        raise Refused("is-folder", name)
    if not may_replace:
        raise Refused("exists", name)
    return mode & 0o777 if stat.S_ISREG(mode) else 0o644


def own_as(folder: int, what: int | str) -> None:
    """What is new belongs to whom its folder belongs to, so that the node's programs may use it."""
    owner = os.fstat(folder)
    if isinstance(what, int):
        os.fchown(what, owner.st_uid, owner.st_gid)
    else:
        os.chown(what, owner.st_uid, owner.st_gid, dir_fd=folder, follow_symlinks=False)


def tidy(folder: int) -> None:
    """Removes what uploads have left that ended with a crash."""
    with os.scandir(folder) as found:
        names = [item.name for item in found if item.name.startswith(PART)]
    for name in names:
        with suppress(OSError):
            if os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime < time.time() - _STALE:
                os.unlink(name, dir_fd=folder)


def write_all(file: int, piece: bytes) -> None:
    """The whole piece."""
    left = memoryview(piece)
    while left:
        left = left[os.write(file, left) :]
