"""Ansible's output for people who wait: which step, how long so far, and every few seconds that it still goes on."""

from __future__ import annotations

import threading
import time

from ansible import constants as C  # noqa: N812  the name that Ansible's own plugins use
from ansible.plugins.callback.default import CallbackModule as Default

DOCUMENTATION = """
name: steps
type: stdout
short_description: One line for each task, with the time so far
description: Like the default output, in one line for each task; failures are shown in full.
extends_documentation_fragment: [default_callback, result_format_callback]
"""

_PATIENCE = 10.0
# What these do when all is well tells nobody anything.
_SILENT = {"include_tasks", "include_role", "set_fact", "validate_argument_spec"}


class CallbackModule(Default):
    """Prints `  12 s  role: what will be true` when a task starts, and its outcome when it changed something."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "steps"

    def __init__(self) -> None:
        super().__init__()
        self._began = self._task_began = time.monotonic()
        self._name = ""
        self._is_over = threading.Event()
        threading.Thread(target=self._reassure, name="reassure", daemon=True).start()

    def _line(self, text: str, color: str | None = None) -> None:
        self._display.display(f"{time.monotonic() - self._began:5.0f} s  {text}", color=color)

    def _reassure(self) -> None:
        while not self._is_over.wait(1):
            took = time.monotonic() - self._task_began
            if self._name and took >= _PATIENCE and int(took) % int(_PATIENCE) == 0:
                self._line(f"… not yet: {self._name} ({took:.0f} s so far)", C.COLOR_SKIP)

    def v2_playbook_on_start(self, playbook) -> None:
        """Nothing to say yet."""

    def v2_playbook_on_play_start(self, play) -> None:
        """A heading for each play."""
        self._line(f"── {play.get_name().strip()}", C.COLOR_HIGHLIGHT)

    def v2_playbook_on_task_start(self, task, is_conditional) -> None:  # noqa: ARG002
        """One line for each task."""
        self._name, self._task_began = task.get_name().strip(), time.monotonic()

    def v2_playbook_on_handler_task_start(self, task) -> None:
        """A handler is a task, too."""
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host, task) -> None:
        """Said once, by the task's start."""

    def v2_runner_on_ok(self, result) -> None:
        """What is so already is said quietly, what was changed is said."""
        action = result._task.action.rpartition(".")[2]
        if action in _SILENT:
            return
        if action == "debug" and "msg" in result._result:
            self._line(f"{self._name}: {result._result['msg']}", C.COLOR_OK)
            return
        changed = result._result.get("changed", False)
        took = time.monotonic() - self._task_began
        where = "" if result._host.get_name() == "localhost" else f" [{result._host.get_name()}]"
        words = f"{self._name}{where}: {'changed' if changed else 'ok'}" + (f" ({took:.0f} s)" if took >= 1 else "")
        self._line(words, C.COLOR_CHANGED if changed else C.COLOR_OK)

    def v2_runner_retry(self, result) -> None:
        """Waiting is said by the lines in between."""

    def v2_playbook_on_include(self, included_file) -> None:
        """The tasks speak for themselves."""

    def v2_runner_item_on_ok(self, result) -> None:
        """Items that changed something, by their label."""
        # Of secrets only their task is said.
        if result._result.get("changed", False) and not result._task.no_log:
            self._line(f"{self._name}: {self._get_item_label(result._result)} changed", C.COLOR_CHANGED)

    def v2_runner_on_failed(self, result, ignore_errors=False) -> None:
        """The sentence first; the whole result only when there is no sentence."""
        said = result._result.get("msg")
        if ignore_errors:
            return
        if not said or "results" in result._result:
            if not said:
                super().v2_runner_on_failed(result, ignore_errors)
            return
        self._line(f"{self._name}: failed", C.COLOR_ERROR)
        self._display.display(str(said).strip(), color=C.COLOR_ERROR, stderr=True)

    def v2_runner_item_on_failed(self, result) -> None:
        """One item's failure, with its sentence."""
        if not result._task.ignore_errors:
            self._line(f"{self._name}: {self._get_item_label(result._result)} failed", C.COLOR_ERROR)
            self._display.display(str(result._result.get("msg", "")).strip(), color=C.COLOR_ERROR, stderr=True)

    def v2_playbook_on_stats(self, stats) -> None:
        """How much was changed, and how long it took."""
        self._is_over.set()
        sums = [stats.summarize(host) for host in stats.processed]
        changed = sum(each["changed"] for each in sums)
        failed = sum(each["failures"] + each["unreachable"] for each in sums)
        self._line(f"── {'failed' if failed else 'done'}: changed={changed} failed={failed}", C.COLOR_HIGHLIGHT)
