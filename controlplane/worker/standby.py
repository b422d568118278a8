"""Forks that stand by: each has loaded a playbook ahead and will be one run of it, as soon as somebody asks."""

import contextlib
import gc
import json
import logging
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from controlplane.worker import AWAITED
from controlplane.worker.call import Call, received, send
from controlplane.worker.prepared import Prepared, common

log = logging.getLogger("controlplane.worker")

# A burst is a run for the first wish and one for all that came meanwhile.
MOST = 2
_READY = b"\1"


@dataclass
class Standby:
    """A fork that waits, and the line to it."""

    pid: int
    line: socket.socket
    is_ready: bool = False


class Standbys:
    """As many as there should be; a call that none is ready for is carried out without."""

    def __init__(self, environment: Mapping[str, str], become: Callable[[Call, Prepared], NoReturn]):
        self._awaited = json.loads(environment.get(AWAITED, "null"))
        self._become = become
        self._waiting: list[Standby] = []

    @property
    def is_wanted(self) -> bool:
        """Whether there should be one more. One at a time is made ready."""
        return bool(self._awaited) and len(self._waiting) < MOST and all(each.is_ready for each in self._waiting)

    def make(self) -> Standby:
        """One more; it says by a byte on its line that it is ready."""
        line, ear = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            self._stand_by(ear)
        ear.close()
        self._waiting.append(Standby(pid, line))
        return self._waiting[-1]

    def _stand_by(self, ear: socket.socket) -> NoReturn:
        """In the fork: load the playbook, wait for the call, and be its run."""
        try:
            # Nothing of the worker's may stay open here: who waits for the worker must see it end, and so must this.
            os.dup2(ear.fileno(), 3)
            os.closerange(4, 4096)
            ear = socket.socket(fileno=3)
            os.chdir(self._awaited["folder"])
            prepared = Prepared(self._awaited["argv"])
            gc.freeze()
            ear.sendall(_READY)
            self._become(received(ear), prepared)
        except (EOFError, ConnectionError):
            pass
        except BaseException as error:  # a fork must never come back as a second worker
            log.warning("A run could not be prepared (%r); runs begin without.", error)
        os._exit(250)

    def hear(self, standby: Standby) -> None:
        """What a standby says: that it is ready, or by its end that it never will be; then no other is tried."""
        with contextlib.suppress(OSError):
            standby.is_ready = standby.line.recv(1) == _READY
        if not standby.is_ready:
            self._awaited = None
            self._waiting.remove(standby)
            _bury(standby)

    def take(self, call: Call) -> int | None:
        """Hand the call to one that is ready for it; its process, or None where there is none."""
        if self._awaited != {"folder": call.folder, "argv": common(call.argv)}:
            return None
        for each in [each for each in self._waiting if each.is_ready]:
            self._waiting.remove(each)
            try:
                send(each.line, call)
            except OSError:
                _bury(each)
            else:
                each.line.close()
                return each.pid
        return None

    def close(self) -> None:
        """End them: each sees its line end."""
        self._awaited = None
        while self._waiting:
            _bury(self._waiting.pop())


def _bury(standby: Standby) -> None:
    """Wait for the end of one that has ended, or that its line's end will end."""
    standby.line.close()
    with contextlib.suppress(ChildProcessError):
        os.waitpid(standby.pid, 0)
