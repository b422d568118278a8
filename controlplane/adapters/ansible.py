"""Writes to the swarm by running playbooks through ansible-runner; the only module that imports it."""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import ansible_runner

from controlplane.masking import literal
from controlplane.ports import Event, Order, Outcome, never
from controlplane.settings import Settings
from controlplane.spec import tags_of, variables
from controlplane.worker import AWAITED, OWN
from controlplane.worker.supervisor import WarmWorker, told

_KINDS = {
    "playbook_on_task_start": "task",
    "runner_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
    "runner_on_skipped": "skipped",
    "runner_item_on_ok": "item ok",
    "runner_item_on_failed": "item failed",
    "runner_retry": "retry",
}
# What a program says while it runs begins with this (roles/service_publish/action_plugins/service_publish_watched.py).
_SAID = "│ "
_TIMEOUT = 180
# The playbook whose runs people wait for.
_AWAITED = "playbooks/node_apply.yml"
# Seconds between two questions whether the run is to end.
_ASK_EVERY = 1
# Every process of a run has it in its environment, so that none outlives the run.
_MARK = "WERKBANK_RUN_FOLDER"


class AnsibleProvisioner:
    """Runs playbooks/node_apply.yml for an order."""

    def __init__(self, settings: Settings, api_version: str | None = None):
        """``api_version`` is the engine's, which modules ask it for otherwise, each time: an engine starts two programs to
        answer that."""
        self._settings, self._api_version = settings, api_version
        self._worker: WarmWorker | None = None

    def warm_up(self) -> None:
        """Start a worker that has Ansible imported, and prepares runs of the playbook that somebody waits for; they begin
        sooner, and are the same (docs/decisions/0010)."""
        self._settings.runner_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._settings.runner_dir) as folder:
            config = ansible_runner.RunnerConfig(folder, **self._asked(_AWAITED), envvars=self._environment())
            config.prepare()
        environment = {name: value for name, value in config.env.items() if name not in OWN}
        environment[AWAITED] = json.dumps({"folder": config.cwd, "argv": config.command[1:]})
        self._worker = WarmWorker(self._socket, environment)

    def close(self) -> None:
        """End the worker."""
        if self._worker:
            self._worker.close()

    @property
    def _socket(self) -> Path:
        return self._settings.runner_dir / "worker" / "socket"

    def _environment(self) -> dict[str, str]:
        """What all runs are told, warm and cold."""
        folder = Path(sys.executable).parent
        environment = {
            "ANSIBLE_CONFIG": str(self._settings.project_dir / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._settings.runner_dir / "home"),
            # The programs beside this Python come first.
            "PATH": f"{folder}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        }
        if self._api_version:
            environment["DOCKER_API_VERSION"] = self._api_version
        return told(environment, self._socket, folder / "ansible-playbook")

    def _asked(self, playbook: str) -> dict[str, str]:
        """What is the same in all runs of a playbook."""
        folder = self._settings.project_dir
        return {"project_dir": str(folder), "playbook": playbook, "inventory": str(folder / "inventory" / "local")}

    def apply(self, order: Order, on_event: Callable[[Event], None], is_cancel_asked: Callable[[], bool] = never) -> Outcome:
        """See ``ports.Provisioner.apply``."""
        told = variables(order, self._settings)
        return self.run(_AWAITED, told, on_event, is_cancel_asked, tags=tags_of(told))

    def run(  # noqa: PLR0913  what a run can be told
        self,
        playbook: str,
        extravars: dict[str, Any],
        on_event: Callable[[Event], None],
        is_cancel_asked: Callable[[], bool] = never,
        *,
        tags: str | None = None,
        timeout: int = _TIMEOUT,
        is_check: bool = False,
    ) -> Outcome:
        """One run in a fresh folder of its own, for ansible-runner leaves its inputs and artifacts there."""
        self._settings.runner_dir.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(dir=self._settings.runner_dir)
        listener = _Listener(on_event, timeout)
        try:
            result = ansible_runner.run(
                private_data_dir=folder,
                **self._asked(playbook),
                extravars=literal(extravars),
                tags=tags,
                cmdline="--check --diff" if is_check else None,
                envvars=self._environment() | {_MARK: folder},
                settings={"job_timeout": timeout, "suppress_env_files": True, "pexpect_timeout": _ASK_EVERY},
                event_handler=listener.hear,
                # Given always: without it ansible-runner wants to install a signal handler, outside the main thread.
                cancel_callback=is_cancel_asked,
                quiet=True,
            )
            with result.stdout as output:
                return listener.outcome(result.status, output.read()[-2000:])
        except (OSError, SystemExit) as error:  # it can sys.exit in library code
            return Outcome(False, f"Ansible could not be started: {error}.")
        finally:
            # ansible-runner ends the group of the process it started; Ansible's workers are in sessions of their own.
            _end_processes(folder)
            shutil.rmtree(folder, ignore_errors=True)


class _Listener:
    """Translates ansible-runner's events, and remembers which nodes failed with which words."""

    def __init__(self, on_event: Callable[[Event], None], timeout: int = _TIMEOUT):
        self._on_event, self._timeout = on_event, timeout
        self._failed: dict[str, str] = {}
        self._message: str | None = None
        self._told: dict[str, Any] = {}
        self._task: str | None = None

    def hear(self, raw: dict[str, Any]) -> bool:
        kind = _KINDS.get(raw["event"])
        if raw["event"] == "playbook_on_stats":
            self._told = (raw.get("event_data") or {}).get("artifact_data") or {}
        if raw["event"] == "verbose" and (said := _said(str(raw.get("stdout") or ""))):
            self._on_event(Event("output", task=self._task, message=said))
        if kind is None:
            return True
        data = raw.get("event_data", {})
        if kind == "task":
            self._task = data.get("task")
        result = data.get("res") or {}
        item = result.get(result.get("ansible_loop_var", "item"))
        node_id = item.get("node_id") if isinstance(item, dict) else None
        event = Event(
            kind=kind,
            task=data.get("task"),
            host=data.get("host"),
            item=node_id,
            duration=data.get("duration"),
            message=_message(result) if "failed" in kind or kind == "unreachable" else None,
            changed=bool(result.get("changed")),
        )
        is_loop = "results" in result
        if event.message and node_id:
            self._failed.setdefault(node_id, event.message)
        elif event.message and not is_loop and "item" not in kind:
            self._message = event.message
        self._on_event(event)
        return True

    def outcome(self, status: str, tail: str) -> Outcome:
        """What the run amounted to."""
        return replace(self._outcome(status, tail), told=self._told)

    def _outcome(self, status: str, tail: str) -> Outcome:
        if status == "canceled":
            return Outcome(False, is_canceled=True)
        if status == "successful":
            return Outcome(not self._failed, failed=self._failed)
        if self._failed:
            return Outcome(False, failed=self._failed)
        if status == "timeout":
            return Outcome(False, f"The run took longer than {self._timeout} s and was stopped.")
        return Outcome(False, self._message or f"The playbook ended with status {status}. {tail}")


def _end_processes(folder: str) -> None:
    """End what is left of a run: every process with its mark, until a look finds none."""
    mark = f"{_MARK}={folder}".encode()
    for _ in range(50):
        found = [pid for pid in _pids() if mark in _environment(pid)]
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            return
        time.sleep(0.02)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _environment(pid: int) -> list[bytes]:
    """What the process was started with; nothing for one that has ended or is somebody else's."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _said(text: str) -> str:
    """The lines of a program that runs, without their marks."""
    return "\n".join(line.removeprefix(_SAID) for line in text.splitlines() if line.startswith(_SAID))


def _message(result: dict[str, Any]) -> str:
    said = result.get("msg") or result.get("stderr") or result.get("exception") or json.dumps(result)[:2000]
    return str(said).strip()
