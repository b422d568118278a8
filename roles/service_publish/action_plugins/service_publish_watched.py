"""Runs a program where Ansible runs, shows what it says while it says it, and ends it when the host gets short of something.

    service_publish_watched:
      argv: [docker, build, .]
      timeout: 1200
      free_memory_mib: 512
      free_disk_mib: 2048

`chdir` is its folder, `environment` what it is told beside the run's own environment. The answer has `code`, the last lines
in `tail`, and in `ended` why it was ended before its time, or nothing.
"""

import os
import selectors
import shutil
import signal
import subprocess
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# What is shown begins with this: so that it can be told from Ansible's own words.
MARK = "│ "
# Lines are shown together, for each showing costs an event; and no event is longer than what is kept of one.
_PAUSE = 0.5
_LONGEST = 3000
_TAIL = 30
_MIB = 1024 * 1024


class ActionModule(ActionBase):
    """See the module's docstring."""

    _VALID_ARGS = frozenset({"argv", "chdir", "environment", "timeout", "free_memory_mib", "free_disk_mib"})

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Run it to its end, whatever that is; the caller judges ``code`` and ``ended``."""
        super().run(tmp, task_vars)
        if self._connection.transport != "local":
            raise AnsibleActionFail("service_publish_watched runs a program where Ansible runs; the host must be this machine.")
        told = self._task.args
        watched = Watched(int(told.get("timeout", 1200)), int(told.get("free_memory_mib", 0)), int(told.get("free_disk_mib", 0)))
        environment = os.environ | {str(name): str(value) for name, value in (told.get("environment") or {}).items()}
        argv = [str(word) for word in told["argv"]]
        code = watched.run(argv, told.get("chdir") or "/", environment, self._display.display)
        return {"changed": True, "code": code, "tail": list(watched.tail), "ended": watched.ended}


class Watched:
    """One program, and the bounds that it is held to."""

    def __init__(self, timeout: int, free_memory_mib: int = 0, free_disk_mib: int = 0):
        self._timeout, self._memory, self._disk = timeout, free_memory_mib, free_disk_mib
        self._deadline = time.monotonic() + timeout
        self._rest = b""
        self.tail: deque[str] = deque(maxlen=_TAIL)
        self.ended = ""

    def run(self, argv: list[str], chdir: str, environment: dict[str, str], show: Any) -> int:
        """Its exit code."""
        process = subprocess.Popen(  # noqa: S603  the role names the program
            argv,
            cwd=chdir,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector, process.stdout as output:
            os.set_blocking(output.fileno(), False)
            selector.register(output, selectors.EVENT_READ)
            while self._pass_on(selector, output.fileno(), show):
                self.ended = self.ended or self._why_end()
                if self.ended:
                    _end(process)
        _end(process)
        return process.wait()

    def _pass_on(self, selector: selectors.BaseSelector, file: int, show: Any) -> bool:
        """What was said since; whether more may come."""
        said, until, is_open = self._rest, time.monotonic() + _PAUSE, True
        while is_open and len(said) < _LONGEST and (left := until - time.monotonic()) > 0:
            if selector.select(left):
                part = os.read(file, 65536)
                is_open, said = bool(part), said + part
        *lines, self._rest = said.split(b"\n") if is_open else [*said.split(b"\n"), b""]
        if len(self._rest) > _LONGEST:
            lines, self._rest = [*lines, self._rest], b""
        self._show([_printable(line) for line in lines if line.strip()], show)
        return is_open

    def _show(self, lines: list[str], show: Any) -> None:
        self.tail.extend(lines)
        batch: list[str] = []
        for line in lines:
            if batch and sum(map(len, batch)) + len(line) > _LONGEST:
                show("\n".join(batch))
                batch = []
            batch.append(MARK + line)
        if batch:
            show("\n".join(batch))

    def _why_end(self) -> str:
        """The reason to end it now, or nothing."""
        if time.monotonic() > self._deadline:
            return f"it took longer than {self._timeout} s"
        if self._memory and (free := _free_memory()) is not None and free < self._memory * _MIB:
            return f"less than {self._memory} MiB of this host's memory were free"
        if self._disk and shutil.disk_usage("/").free < self._disk * _MIB:
            return f"less than {self._disk} MiB of the engine's disk were free"
        return ""


def _free_memory() -> int | None:
    """Bytes that the host could still give: /proc is the host's in every container."""
    with suppress(OSError, ValueError, KeyError, IndexError):
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    return None


def _printable(line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip().rpartition("\r")[2]
    return "".join(letter if letter.isprintable() else " " for letter in text.replace("\t", "    "))[:_LONGEST]


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
