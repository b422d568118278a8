"""Ansible itself, imported once: the only module of the worker that knows its insides (ansible-core 2.19)."""

import ast
import contextlib
import gc
import importlib
import io
import os
import shutil
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from controlplane.worker.prepared import Prepared, state

# What a playbook needs beyond its first imports; a cold start reads these one by one.
_MODULES = (
    "ansible.cli.playbook",
    "ansible.executor.module_common",
    "ansible.executor.process.worker",
    "ansible.inventory.manager",
    "ansible.playbook.handler_task_include",
    "multiprocessing.popen_fork",
    "multiprocessing.shared_memory",
    "multiprocessing.synchronize",
    "docker",
)
# Modules that roles/node_service runs where Ansible runs; they can be imported once their collection can be found.
_COLLECTED = tuple(
    f"ansible_collections.community.docker.plugins.modules.{name}" for name in ("docker_network", "docker_swarm_service")
)
_PLUGINS = {
    "action": ("assert", "debug", "fail", "normal", "set_fact", "uri", "validate_argument_spec"),
    "cache": ("memory", "jsonfile"),
    "callback": ("default", "junit", "minimal", "oneline", "tree"),
    "connection": ("local", "ssh"),
    "inventory": ("auto", "host_list", "ini", "script", "toml", "yaml"),
    "lookup": ("env", "file"),
    "shell": ("sh",),
    "strategy": ("linear",),
}
# Of the folder of ansible.cfg: what runs of its playbooks read.
_FILES = ("playbooks/*.yml", "roles/*/*/*.yml")


@dataclass(frozen=True)
class _Read:
    """What a YAML file says, and which state of the file said it (stat(2): inode, nanoseconds, bytes)."""

    state: tuple[int, int, int]
    content: Any


_ahead: dict[str, _Read] = {}


def warm_up() -> None:
    """Import what runs have in common. Nothing is run here, and nothing read that belongs to a run."""
    for name in _MODULES:
        importlib.import_module(name)
    from ansible import constants  # noqa: PLC0415  not before ansible.cli has prepared the process
    from ansible.plugins import loader  # noqa: PLC0415

    loader.init_plugin_loader()
    for name in _COLLECTED:
        importlib.import_module(name)
    for kind, names in _PLUGINS.items():
        plugins = getattr(loader, f"{kind}_loader")
        for name in names:
            plugins.get(name, class_only=True)
            # Each run would look for the options of those that have none again, in their documentation.
            if not constants.config.has_configuration_definition(kind, name):
                constants.config.initialize_plugin_configuration_definitions(kind, name, {})
    _define_stdout_callback()
    # All of these kinds are looked through by every run; none of them does anything when it is imported.
    for plugins in (loader.become_loader, loader.connection_loader, loader.shell_loader, loader.vars_loader):
        list(plugins.all(class_only=True))
    for plugins in (loader.filter_loader, loader.test_loader):
        list(plugins.all())
    if config := os.environ.get("ANSIBLE_CONFIG"):
        _read_ahead(Path(config).parent)
    # A fork shares these with the worker until it touches them, as its collector of garbage would.
    gc.freeze()


def _define_stdout_callback() -> None:
    """Its options, out of its documentation. It is not imported here: ansible-runner's own learns from its environment then
    which run it is."""
    from ansible import constants  # noqa: PLC0415
    from ansible.plugins.loader import callback_loader  # noqa: PLC0415

    name = constants.DEFAULT_STDOUT_CALLBACK
    path = callback_loader.find_plugin(name)
    for line in ast.parse(Path(path).read_text(encoding="utf-8")).body if path else ():
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and line.targets[0].id == "DOCUMENTATION":
            said = SimpleNamespace(DOCUMENTATION=ast.literal_eval(line.value))
            callback_loader._load_config_defs(name, said, path)


def _read_ahead(folder: Path) -> None:
    """Parse the folder's playbooks and roles; what cannot be read is left to the run, which says so."""
    from ansible.parsing.dataloader import DataLoader  # noqa: PLC0415

    for path in (path for pattern in _FILES for path in folder.glob(pattern)):
        with contextlib.suppress(Exception):
            _ahead[str(path)] = _Read(state(path), DataLoader().load_from_file(str(path), unsafe=True, trusted_as_template=True))


def _hand_out() -> None:
    """In the fork: a file that was read ahead, and has not changed since, is not parsed again. Once, for what is handed out
    is this process's own copy; Ansible makes one of each file that it reads, which takes longer than to parse it."""
    from ansible.parsing.dataloader import DataLoader  # noqa: PLC0415

    usual = DataLoader.load_from_file

    def load_from_file(self: Any, file_name: str, *args: Any, **options: Any) -> Any:
        found = _ahead.pop(self.path_dwim(file_name), None) if not args and options == {"trusted_as_template": True} else None
        with contextlib.suppress(OSError):
            if found and found.state == state(self.path_dwim(file_name)):
                return found.content
        return usual(self, file_name, *args, **options)

    DataLoader.load_from_file = load_from_file


def play(argv: list[str], prepared: Prepared | None = None) -> NoReturn:
    """Be `ansible-playbook` with these arguments, in a fork of a warm process; ends the process. What was ``prepared`` for
    them is used."""
    from ansible import constants  # noqa: PLC0415
    from ansible.cli.playbook import PlaybookCLI  # noqa: PLC0415

    sys.argv = ["ansible-playbook", *argv]
    _renew_streams()
    # What Ansible read at import and each run has of its own: the cache's place, and a folder that the run removes.
    constants.CACHE_PLUGIN_CONNECTION = constants.config.get_config_value("CACHE_PLUGIN_CONNECTION")
    constants.DEFAULT_LOCAL_TMP = tempfile.mkdtemp(
        prefix=f"ansible-local-{os.getpid()}", dir=Path(constants.DEFAULT_LOCAL_TMP).parent
    )
    _hand_out()
    if prepared:
        prepared.hand_out()
    warnings.filterwarnings("ignore", message="AnsibleCollectionFinder has already been configured")
    code = 0
    try:
        PlaybookCLI.cli_executor(sys.argv)
    except SystemExit as end:
        code = int(end.code or 0) if not isinstance(end.code, str) else 1
    finally:
        shutil.rmtree(constants.DEFAULT_LOCAL_TMP, ignore_errors=True)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def _renew_streams() -> None:
    """What Ansible derived from its streams at import (colours, columns, buffering) is made this run's."""
    from ansible.utils import color, display  # noqa: PLC0415

    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=number == 2 or os.isatty(number))
    importlib.reload(color)
    display.Display()._set_column_width()
