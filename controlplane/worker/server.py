"""The worker: imports Ansible once, listens on a private socket, and forks for each run that comes.

A fork is a fresh copy of a process that has never run a playbook, so nothing leaks from one run into the next. A run
that was told other settings than the worker (another ansible.cfg, other plugins) becomes a cold ansible-playbook.
"""

import contextlib
import hashlib
import json
import logging
import os
import selectors
import signal
import socket
import struct
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from controlplane.worker import COLD, settings_of
from controlplane.worker.call import Call, received
from controlplane.worker.play import play, warm_up
from controlplane.worker.prepared import Prepared
from controlplane.worker.standby import Standby, Standbys

log = logging.getLogger("controlplane.worker")

# A worker that has served so many runs, or has grown so much, begins anew.
MOST_RUNS = 500
MOST_BYTES = 512 * 1024 * 1024
# Seconds after a run until the next is prepared: what the run began needs the processors first.
REST = 2.0
# Seconds after which a run counts as one that waits for something, as for an image that a host pulls.
LONG = 3.0
_LISTENER = "WERKBANK_WORKER_LISTENER"


def fingerprint(environment: Mapping[str, str]) -> str:
    """What the worker and a run must have in common: settings from the environment, and ansible.cfg's content."""
    told = json.dumps(settings_of(dict(environment)))
    file = Path(environment.get("ANSIBLE_CONFIG", "ansible.cfg"))
    content = file.read_bytes() if file.is_file() else b""
    return hashlib.sha256(told.encode() + content).hexdigest()


class Worker:
    """Serves runs until it is told to end."""

    def __init__(self, listener: socket.socket, settings: str, most_runs: int = MOST_RUNS):
        self._listener, self._settings, self._most_runs = listener, settings, most_runs
        self._running: dict[int, socket.socket] = {}
        self._begun: dict[int, float] = {}
        self._standbys = Standbys(os.environ, self._become)
        self._selector = selectors.DefaultSelector()
        self._served = 0
        self._rests_until = 0.0
        self._is_ending = False

    def serve(self) -> bool:
        """Until SIGTERM (False), or until it is time to begin anew (True)."""
        bell, clapper = socket.socketpair()
        bell.setblocking(False)
        clapper.setblocking(False)
        signal.set_wakeup_fd(clapper.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "_is_ending", True))
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(bell, selectors.EVENT_READ, lambda: bell.recv(4096))
        while not self._is_ending:
            for key, _ in self._selector.select(self._refill()):
                key.data()
            self._reap()
            if self._is_worn() and not self._running:
                self._standbys.close()
                return True
        self._standbys.close()
        for pid in self._running:
            _end(pid)
        return False

    def _is_worn(self) -> bool:
        return self._served >= self._most_runs or _resident() > MOST_BYTES

    def _refill(self) -> float | None:
        """Prepare a run once nothing that it would slow down is under way (what takes long mostly waits for something); how
        many seconds until it is time to."""
        if not self._standbys.is_wanted:
            return None
        quiet_at = max([self._rests_until, *(begun + LONG for begun in self._begun.values())])
        if (left := quiet_at - time.monotonic()) > 0:
            return left
        standby = self._standbys.make()
        self._selector.register(standby.line, selectors.EVENT_READ, lambda: self._hear(standby))
        return None

    def _hear(self, standby: Standby) -> None:
        self._selector.unregister(standby.line)
        self._standbys.hear(standby)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        if not _is_own(client):
            log.warning("Somebody else's process asked for a run; it was refused.")
            client.close()
            return
        client.settimeout(5)
        try:
            call = received(client)
        except (OSError, ValueError, KeyError) as error:
            log.warning("A run was asked for in a way that cannot be understood (%s).", error)
            client.close()
            return
        self._fork(client, call)

    def _fork(self, client: socket.socket, call: Call) -> None:
        self._served += 1
        pid = self._standbys.take(call) or os.fork()
        if pid == 0:
            self._become(call)
        call.close()
        self._running[pid], self._begun[pid] = client, time.monotonic()
        # The client says no more: what comes is its end, and the run's.
        self._selector.register(client, selectors.EVENT_READ, lambda: self._hang_up(pid))

    def _become(self, call: Call, prepared: Prepared | None = None) -> NoReturn:
        """In the fork: be the run that was asked for, and nothing else."""
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
            os.setsid()
            for wanted, file in enumerate(call.files):
                os.dup2(file, wanted)
            os.closerange(3, 4096)
            os.chdir(call.folder)
            os.environ.clear()
            os.environ.update(call.environment)
            is_stale = prepared is not None and not prepared.is_current()
            if is_stale or fingerprint(call.environment) != self._settings:
                cold = call.environment[COLD]
                os.execv(cold, [cold, *call.argv])
            play(call.argv, prepared)
        except BaseException as error:  # a fork must never come back as a second worker
            with contextlib.suppress(OSError):
                os.write(2, f"The run ended with an error that nobody foresaw: {error!r}\n".encode())
        os._exit(250)

    def _hang_up(self, pid: int) -> None:
        """The client has gone: whoever cancelled the run killed it, and its run ends with it."""
        client = self._running[pid]
        self._selector.unregister(client)
        with contextlib.suppress(OSError):
            if client.recv(1):
                return
        _end(pid)

    def _reap(self) -> None:
        """Tell the clients of ended runs how they ended."""
        for pid in list(self._running):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                client = self._running.pop(pid)
                del self._begun[pid]
                self._rests_until = time.monotonic() + REST
                with contextlib.suppress(KeyError):
                    self._selector.unregister(client)
                code = os.waitstatus_to_exitcode(status)
                with contextlib.suppress(OSError):
                    client.sendall(bytes([code if code >= 0 else 128 - code]))
                client.close()
                # Whatever the run left behind in its session ends with it.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)


def _end(pid: int) -> None:
    """End a run with all that it started: Ansible puts each task into a session of its own, so its group is not enough."""
    for child in [*_descendants(pid), pid]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """Children of children first (proc(5): /proc/<pid>/task/<tid>/children)."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [*_descendants(int(child)), int(child)]
    return found


def _is_own(client: socket.socket) -> bool:
    """Whether the same user is at the other end (SO_PEERCRED of unix(7): pid, uid, gid)."""
    _, user, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return bool(user == os.getuid())


def _resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _listening(path: Path) -> socket.socket:
    """A socket that only this user can reach; after beginning anew, the one that was there: callers wait in its queue."""
    if inherited := os.environ.pop(_LISTENER, None):
        return socket.socket(fileno=int(inherited))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    listener.bind(str(path))
    os.umask(mask)
    listener.listen(128)
    return listener


def main() -> None:
    """`python -m controlplane.worker.server SOCKET [RUNS]`, with the environment that runs will have."""
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", stream=sys.stderr)
    listener = _listening(Path(sys.argv[1]))
    told = dict(os.environ)
    warm_up()
    log.info("Ansible is warm.")
    most_runs = int(sys.argv[2]) if len(sys.argv) > 2 else MOST_RUNS
    if Worker(listener, fingerprint(told), most_runs).serve():
        os.set_inheritable(listener.fileno(), True)
        again = told | {_LISTENER: str(listener.fileno())}
        os.execve(sys.executable, [sys.executable, "-m", "controlplane.worker.server", *sys.argv[1:]], again)


if __name__ == "__main__":
    main()
