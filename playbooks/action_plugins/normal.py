"""Stands before Ansible's own `normal`: modules that ask this machine's engine run in a fork of Ansible's process.

A deploy asks the engine some sixty questions. The usual way packs the module, starts a second Python, unpacks it there and
compiles it, each time. On any other host, and for any other module, it goes the usual way. See decision 0011.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from ansible.plugins import action


def _load(file: Path) -> Any:
    """A plugin's code; by its path, for under Ansible's own name there is this one by now."""
    spec = importlib.util.spec_from_file_location(f"werkbank_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"There is no {file}.")
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    return code


_NORMAL = _load(Path(action.__file__).with_name("normal.py"))
_HERE = _load(Path(__file__).parents[2] / "roles/node_service/action_plugins/node_service_here.py")
# Those that keep nothing beside their answer: no temporary files, nothing to do at the end of their process.
_PREFIX = "community.docker."
_OTHERS = {"ansible.builtin.slurp", "ansible.builtin.stat", "community.crypto.x509_certificate_info"}


class ActionModule(_HERE.Here, _NORMAL.ActionModule):
    """Ansible's own, but for where a module of the engine runs."""

    def _execute_module(
        self, module_name: str | None = None, module_args: Any = None, task_vars: Any = None, **options: Any
    ) -> dict[str, Any]:
        name = module_name or self._task.action
        if not (name.startswith(_PREFIX) or name in _OTHERS) or not self._is_alike(task_vars):
            return super()._execute_module(module_name, module_args, task_vars=task_vars, **options)
        return self._side_by_side(name, [self._task.args if module_args is None else module_args], task_vars)[0]

    def _is_alike(self, task_vars: Any) -> bool:
        """Whether it would run at once, on this machine, as this user and in the very Python that runs Ansible."""
        if self._task.async_val or not self._is_here():
            return False
        python = self._templar.template((task_vars or {}).get("ansible_python_interpreter"))
        return isinstance(python, str) and _place(python) == _place(sys.executable)


def _place(python: str) -> tuple[Path, Path]:
    """The folder that tells a virtual environment, and the program."""
    return Path(python).parent.resolve(), Path(python).resolve()
