"""The way to a file of a volume, which never leads out of it."""

import os
import stat

from controlplane.porter.line import Refused

# A name that is being uploaded. One that nobody finished is left by a crash, and goes with a later upload.
PART = ".werkbank-upload-"
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
DEEPEST = 400
_MOST_LINKS = 40


class Walk:
    """A way down from a volume's top, one name after the other, and never through a link that leads out of it.

    Each name is opened from the folder before it without following it, so whatever a node does meanwhile leads nowhere
    else. ``target`` is where the node has the volume: an absolute link is read from there.
    """

    def __init__(self, top: str, target: str):
        self._target, self._links = target.rstrip("/"), 0
        self._folders = [os.open(top, FOLDER)]

    def __enter__(self) -> "Walk":
        return self

    def __exit__(self, *_: object) -> None:
        for folder in self._folders:
            os.close(folder)

    @property
    def here(self) -> int:
        """The folder that was reached."""
        return self._folders[-1]

    def folder(self, path: str) -> int:
        """Goes to a folder."""
        if name := self.end(path, follows=True):
            self._down(name)
        return self.here

    def end(self, path: str, *, follows: bool) -> str:
        """Goes to the folder that the path's last name is in; that name, empty for the folder itself. ``follows``: what
        the name leads to, if it is a link."""
        ahead = names_of(path)[::-1]
        while ahead:
            name = ahead.pop()
            if name in ("", "."):
                continue
            if name == "..":
                self._up()
            elif not ahead and not (follows and self._is_link(name)):
                return name
            elif self._is_link(name):
                ahead += self._led(name)[::-1]
            else:
                self._down(name)
        return ""

    def _is_link(self, name: str) -> bool:
        return stat.S_ISLNK(os.stat(name, dir_fd=self.here, follow_symlinks=False).st_mode)

    def _led(self, name: str) -> list[str]:
        """The names that a link stands for, from here or from the top."""
        self._links += 1
        to = os.readlink(name, dir_fd=self.here)
        if self._links > _MOST_LINKS:
            raise Refused("leads-out", to)
        if to.startswith("/"):
            if not f"{to}/".startswith(f"{self._target}/"):
                raise Refused("leads-out", to)
            to = to[len(self._target) :]
            while len(self._folders) > 1:
                self._up()
        return to.split("/")

    def _up(self) -> None:
        if len(self._folders) == 1:
            raise Refused("leads-out")
        os.close(self._folders.pop())

    def _down(self, name: str) -> None:
        if len(self._folders) > DEEPEST:
            raise Refused("too-deep")
        self._folders.append(os.open(name, FOLDER, dir_fd=self.here))


def names_of(path: str) -> list[str]:
    """The names of a path below a volume's top; raises ``Refused`` for one that could mean anything else."""
    names = path.split("/") if path else []
    for name in names:
        if name in ("", ".", "..") or "\0" in name:
            raise Refused("bad-path", path)
        if len(os.fsencode(name)) > 255:
            raise Refused("bad-name", name)
    return names


def fresh(name: str) -> str:
    """A name that a file may get here: nothing in it that cannot be seen, and not one of the porter's own."""
    if not name or name.startswith(PART) or any(ord(each) < 32 or ord(each) == 127 for each in name):
        raise Refused("bad-name", name)
    return name
