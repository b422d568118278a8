"""Ansible itself, imported once: the only module of the worker that knows its insides (ansible-core 2.19)."""

import contextlib
import importlib
import io
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path
from typing import NoReturn

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


def warm_up() -> None:
    """Import what runs have in common. Nothing is run here, and nothing read that belongs to a run."""
    for name in _MODULES:
        importlib.import_module(name)
    from ansible.plugins import loader  # noqa: PLC0415  not before ansible.cli has prepared the process

    loader.init_plugin_loader()
    for name in _COLLECTED:
        importlib.import_module(name)
    for kind, names in _PLUGINS.items():
        plugins = getattr(loader, f"{kind}_loader")
        for name in names:
            plugins.get(name, class_only=True)
    # All of these kinds are looked through by every run; none of them does anything when it is imported.
    for plugins in (loader.become_loader, loader.connection_loader, loader.shell_loader, loader.vars_loader):
        list(plugins.all(class_only=True))
    for plugins in (loader.filter_loader, loader.test_loader):
        list(plugins.all())


def play(argv: list[str]) -> NoReturn:
    """Be `ansible-playbook` with these arguments, in a fork of a warm process; ends the process."""
    from ansible import constants  # noqa: PLC0415
    from ansible.cli.playbook import PlaybookCLI  # noqa: PLC0415

    sys.argv = ["ansible-playbook", *argv]
    _renew_streams()
    # What Ansible read at import and each run has of its own: the cache's place, and a folder that the run removes.
    constants.CACHE_PLUGIN_CONNECTION = constants.config.get_config_value("CACHE_PLUGIN_CONNECTION")
    constants.DEFAULT_LOCAL_TMP = tempfile.mkdtemp(
        prefix=f"ansible-local-{os.getpid()}", dir=Path(constants.DEFAULT_LOCAL_TMP).parent
    )
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
