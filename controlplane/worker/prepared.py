"""A playbook that was loaded before anybody asked for it, in a fork that will be one run of it (docs/decisions/0010).

Like `play`, it knows insides of ansible-core 2.19: what `PlaybookCLI` makes before its first play, and what of that
rests on a run's own options.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Options of ansible-playbook that runs of one playbook may differ in: those with a value, and those without.
_OWN_VALUES = frozenset({"-e", "--extra-vars", "-t", "--tags", "--skip-tags"})
_OWN_FLAGS = frozenset({"-C", "--check", "-D", "--diff", "-v"})


class Prepared:
    """Inventory, variables and playbook of a run to come, and the files that they were read from."""

    def __init__(self, argv: list[str]):
        """Load what ``ansible-playbook`` with these arguments would. Raises whatever Ansible does, when they are wrong."""
        from ansible import constants, context  # noqa: PLC0415  not before ansible.cli has prepared the process
        from ansible.cli.playbook import PlaybookCLI  # noqa: PLC0415
        from ansible.playbook import Playbook  # noqa: PLC0415
        from ansible.utils.context_objects import CLIArgs  # noqa: PLC0415

        cli = PlaybookCLI(["ansible-playbook", *argv])
        cli.init_parser()
        options = cli.post_process_args(cli.parser.parse_args(argv))
        # Not the one of the process: that is made once, by the run itself.
        context.CLIARGS = CLIArgs.from_options(options)
        (path,) = options.args
        modules = set(sys.modules)
        # Where facts are kept is told to each run.
        usual, constants.CACHE_PLUGIN = constants.CACHE_PLUGIN, "memory"
        with _noting_files() as files:
            self._loader, self._inventory, self._variables = cli._play_prereqs()
            self._playbook = Playbook.load(path, variable_manager=self._variables, loader=self._loader)
            self._load_plugins()
        constants.CACHE_PLUGIN = usual
        files |= {*options.inventory, *(str(Path(file).parent) for file in files)}
        files |= {str(getattr(sys.modules[name], "__file__", None) or "") for name in set(sys.modules) - modules}
        self._files = {path: state(path) for path in files if path and not _is_list(path)}

    def _load_plugins(self) -> None:
        """What the playbook brings with it, and a run would import: callbacks, filters, and the actions of its tasks."""
        from ansible import constants  # noqa: PLC0415
        from ansible.plugins import loader  # noqa: PLC0415

        for path in loader.callback_loader.all(path_only=True):
            # See play._define_stdout_callback.
            if (name := Path(path).stem) != constants.DEFAULT_STDOUT_CALLBACK:
                loader.callback_loader.get(name, class_only=True)
        list(loader.filter_loader.all())
        for play in self._playbook.get_plays():
            for task in _tasks(play.tasks):
                loader.action_loader.get(task.action, class_only=True, collection_list=task.collections)

    def is_current(self) -> bool:
        """Whether no file that it came from has changed, and none was added beside them."""
        try:
            return all(state(path) == was for path, was in self._files.items())
        except OSError:
            return False

    def hand_out(self) -> None:
        """Let the run of this process use it; only for arguments that have the same ``common`` ones."""
        from ansible.cli.playbook import PlaybookCLI  # noqa: PLC0415
        from ansible.playbook import Playbook  # noqa: PLC0415

        def play_prereqs(cli: Any) -> Any:
            self._take_on_options(cli)
            return self._loader, self._inventory, self._variables

        PlaybookCLI._play_prereqs = play_prereqs
        usual = Playbook.load

        def load(file_name: str, variable_manager: Any = None, loader: Any = None) -> Any:
            if loader is self._loader:
                return self._playbook
            return usual(file_name, variable_manager=variable_manager, loader=loader)

        Playbook.load = staticmethod(load)

    def _take_on_options(self, cli: Any) -> None:
        """What ansible-core derives from a run's own options when it makes the variables and each play."""
        from ansible import constants, context  # noqa: PLC0415
        from ansible.plugins.loader import cache_loader  # noqa: PLC0415
        from ansible.utils.vars import load_extra_vars, load_options_vars  # noqa: PLC0415

        self._variables._extra_vars = load_extra_vars(loader=self._loader)
        self._variables._options_vars = load_options_vars(cli.version_info(gitinfo=False))
        self._variables._fact_cache = cache_loader.get(constants.CACHE_PLUGIN)
        for play in self._playbook.get_plays():
            play.only_tags = set(context.CLIARGS.get("tags", [])) or frozenset(("all",))
            play.skip_tags = set(context.CLIARGS.get("skip_tags", []))


def common(argv: list[str]) -> list[str]:
    """The arguments without what is a run's own: those that a playbook is loaded by."""
    words, found = iter(argv), []
    for word in words:
        if word in _OWN_VALUES:
            next(words, None)
        elif word not in _OWN_FLAGS:
            found.append(word)
    return found


def state(path: str | Path) -> tuple[int, int, int]:
    """Which state of a file or folder this is (stat(2): inode, nanoseconds, bytes). Raises ``OSError``."""
    found = Path(path).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _is_list(inventory: str) -> bool:
    """Whether an inventory is no file, but the names of hosts."""
    return "," in inventory


def _tasks(blocks: list[Any]) -> Iterator[Any]:
    for each in blocks:
        if hasattr(each, "block"):
            yield from _tasks([*each.block, *each.rescue, *each.always])
        else:
            yield each


@contextmanager
def _noting_files() -> Iterator[set[str]]:
    """The files that Ansible reads meanwhile."""
    from ansible.parsing.dataloader import DataLoader  # noqa: PLC0415

    files, usual = set[str](), DataLoader.load_from_file

    def load_from_file(self: Any, file_name: str, *args: Any, **options: Any) -> Any:
        files.add(os.path.realpath(self.path_dwim(file_name)))
        return usual(self, file_name, *args, **options)

    DataLoader.load_from_file = load_from_file
    try:
        yield files
    finally:
        DataLoader.load_from_file = usual
