"""The program of a porter: does to the files of one node's volumes what it is told, on its standard input or by TCP.

Its text, and that of the modules that it imports (`SOURCES`), is sent to a container that has nothing but these volumes and
Python's standard library.
"""

import errno
import json
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from controlplane.porter.archive import archived
from controlplane.porter.entries import entry_of, mode_for, own_as, regular, tidy, write_all
from controlplane.porter.line import PIECE, Gone, Line, Order, Refused
from controlplane.porter.proof import awaited
from controlplane.porter.walk import PART, Walk, fresh

# In the order in which they import each other.
SOURCES = ("line", "walk", "entries", "archive", "proof", "program")
MOST_SHOWN = 5000
_MOST_READ = 200_000
_CODES = {
    errno.ENOENT: "missing",
    errno.EEXIST: "exists",
    errno.ENOTEMPTY: "exists",
    errno.ENOTDIR: "not-folder",
    errno.EISDIR: "is-folder",
    errno.ELOOP: "leads-out",
    errno.EINVAL: "into-itself",
    errno.ENAMETOOLONG: "bad-name",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EROFS: "read-only",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
}


class Porter:
    """Does what it is told to the files of its volumes: ``{id: (where it is here, where the node has it)}``."""

    def __init__(self, volumes: dict[str, tuple[str, str]], line: Line):
        self._volumes, self._line = volumes, line
        self._acts: dict[str, Callable[[Order], Order]] = {
            "list": self.list,
            "read": self.read,
            "archive": self.archive,
            "write": self.write,
            "folder": self.folder,
            "rename": self.rename,
            "remove": self.remove,
        }

    def serve(self) -> None:
        """One order after the other, until nobody is there to give any."""
        with suppress(Gone):
            while (order := self._line.order()) is not None:
                self._line.say(self._done(order))

    def _done(self, order: Order) -> Order:
        try:
            return {"ok": self._acts[order["act"]](order)}
        except Refused as refusal:
            return {"error": refusal.code, "about": refusal.about}
        except OSError as error:
            return {"error": _CODES.get(error.errno or 0, "failed"), "about": error.strerror}

    def _walk(self, order: Order) -> Walk:
        if order["volume"] not in self._volumes:
            raise Refused("no-volume", order["volume"])
        return Walk(*self._volumes[order["volume"]])

    def list(self, order: Order) -> Order:
        """What is in a folder, by name; of a very large one the first names."""
        with self._walk(order) as walk:
            here = walk.folder(order["path"])
            names: list[str] = []
            with os.scandir(here) as found:
                for item in found:
                    if not item.name.startswith(PART) and len(names) < _MOST_READ:
                        names.append(item.name)
            names.sort(key=lambda name: (name.casefold(), name))
            entries = [entry for name in names[:MOST_SHOWN] if (entry := self._entry(order, here, name))]
            return {"entries": entries, "count": len(names)}

    def _entry(self, order: Order, folder: int, name: str) -> Order | None:
        """None for what has gone meanwhile."""
        with suppress(FileNotFoundError):
            about = os.stat(name, dir_fd=folder, follow_symlinks=False)
            entry = entry_of(name, about)
            if entry["kind"] == "link":
                entry["leads_to"] = self._leads_to(order, name) if entry["is_usable"] else None
            return entry
        return None

    def _leads_to(self, order: Order, name: str) -> str | None:
        """What a link is to the reader: a folder, a file, or nothing that can be reached here."""
        with suppress(Refused, OSError), self._walk(order) as walk:
            last = walk.end(f"{order['path']}/{name}".strip("/"), follows=True)
            mode = os.stat(last, dir_fd=walk.here, follow_symlinks=False).st_mode if last else stat.S_IFDIR
            return {stat.S_IFDIR: "folder", stat.S_IFREG: "file"}.get(stat.S_IFMT(mode))
        return None

    def read(self, order: Order) -> Order:
        """Says what the file is, and sends it, as long as it is now."""
        with self._walk(order) as walk:
            name = walk.end(order["path"], follows=True)
            if not name:
                raise Refused("is-folder")
            with regular(name, walk.here) as file:
                about = os.fstat(file.fileno())
                self._line.say({"ok": entry_of(name, about)})
                left = about.st_size

                def pieces() -> Iterator[bytes]:
                    nonlocal left
                    while left and (piece := file.read(min(PIECE, left))):
                        left -= len(piece)
                        yield piece

                self._line.send(pieces())
        if left:
            raise Refused("changed")
        return {}

    def archive(self, order: Order) -> Order:
        """Says what the folder is, and sends it as a tar; links are in it as links, never what they lead to."""
        with self._walk(order) as walk:
            here = walk.folder(order["path"])
            self._line.say({"ok": {}})
            self._line.send(archived(here, order["name"]))
        return {}

    def write(self, order: Order) -> Order:
        """Takes a file in beside its place, says how much it was, and puts it there when told so."""
        with self._walk(order) as walk:
            name = fresh(walk.end(order["path"], follows=False))
            mode = mode_for(name, walk.here, may_replace=order["may_replace"])
            free = os.fstatvfs(walk.here)
            if (order["size"] or 0) > free.f_bavail * free.f_frsize:
                raise Refused("full")
            tidy(walk.here)
            part = PART + secrets.token_hex(8)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=walk.here)
            try:
                self._take_in(file, walk.here, mode)
                if order["may_replace"]:
                    os.rename(part, name, src_dir_fd=walk.here, dst_dir_fd=walk.here)
                else:
                    os.link(part, name, src_dir_fd=walk.here, dst_dir_fd=walk.here)
                return entry_of(name, os.fstat(file))
            finally:
                os.close(file)
                with suppress(FileNotFoundError):
                    os.unlink(part, dir_fd=walk.here)

    def _take_in(self, file: int, folder: int, mode: int) -> None:
        self._line.say({"ok": {}})
        count, pieces = 0, self._line.pieces()
        try:
            for piece in pieces:
                write_all(file, piece)
                count += len(piece)
        except OSError:
            # What is on its way comes first, or nobody hears why.
            for _ in pieces:
                pass
            raise
        own_as(folder, file)
        os.fchmod(file, mode)
        self._line.say({"ok": {"size": count}})
        if (order := self._line.order()) is None or order["act"] != "keep":
            raise Gone

    def folder(self, order: Order) -> Order:
        """Makes a folder, and belongs to whom the one around it belongs to."""
        with self._walk(order) as walk:
            name = fresh(walk.end(order["path"], follows=False))
            os.mkdir(name, 0o755, dir_fd=walk.here)
            own_as(walk.here, name)
            return entry_of(name, os.stat(name, dir_fd=walk.here, follow_symlinks=False))

    def rename(self, order: Order) -> Order:
        """Gives another name, or another folder of the same volume; never in place of something else."""
        with self._walk(order) as walk, self._walk(order) as there:
            name = walk.end(order["path"], follows=False)
            to = fresh(there.end(order["to"], follows=False))
            about = os.stat(name or ".", dir_fd=walk.here, follow_symlinks=False)
            if not name:
                raise Refused("is-top")
            with suppress(FileNotFoundError):
                os.stat(to, dir_fd=there.here, follow_symlinks=False)
                raise Refused("exists", to)
            os.rename(name, to, src_dir_fd=walk.here, dst_dir_fd=there.here)
            return entry_of(to, about)

    def remove(self, order: Order) -> Order:
        """Removes a file, a link (not what it leads to), or a folder with all that is in it."""
        with self._walk(order) as walk:
            name = walk.end(order["path"], follows=False)
            if not name:
                raise Refused("is-top")
            if stat.S_ISDIR(os.stat(name, dir_fd=walk.here, follow_symlinks=False).st_mode):
                shutil.rmtree(name, dir_fd=walk.here)
            else:
                os.unlink(name, dir_fd=walk.here)
        return {}


def main() -> None:
    """The volumes are the first argument, as JSON. Orders come on standard input; where a second one names the file of a
    token, by the connection of whoever knows it."""
    volumes = {name: (str(here), str(target)) for name, (here, target) in json.loads(sys.argv[1]).items()}
    if not sys.argv[2:]:
        Porter(volumes, Line(0, 1)).serve()
        return
    if connection := awaited(Path(sys.argv[2]).read_bytes()):
        with connection:
            Porter(volumes, Line(connection.fileno(), connection.fileno())).serve()


if __name__ == "__main__":
    main()
