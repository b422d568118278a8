"""Runs a module where Ansible itself runs: its own code, in a fork of this process, without a second Python to start.

    node_service_here:
      module: community.docker.docker_network
      each: [{name: one}, {name: two}]

`module` is the module's full name, or that of one of the role's own; `each` is a list of its arguments, which some forks
share and carry out side by side. The answer has `results`, one for each in the same order and as the module gave it, and
is failed or changed when one of them is. Check and diff mode are the module's. On a host that is not this machine the module
runs the usual way, one by one.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import os
import traceback
from typing import Any, NoReturn

from ansible.errors import AnsibleActionFail
from ansible.module_utils import basic
from ansible.module_utils.common.json import Direction, get_module_encoder
from ansible.plugins.action import ActionBase
from ansible.vars.clean import remove_internal_keys

# How module arguments and results are written down between Ansible and a module (ansible-core's own name for it).
_PROFILE = "legacy"
# Modules at work at once. A fork costs more than what a module asks of the engine: as many as there are processors, and
# some more, for one waits while the engine writes.
_AT_ONCE = max(4, min(16, os.cpu_count() or 1))


class Here(ActionBase):
    """What an action needs to run modules in forks of this process; playbooks/action_plugins/normal.py has it, too."""

    def _is_here(self) -> bool:
        return self._connection.transport == "local" and not self._play_context.become

    def _side_by_side(self, name: str, each: list[dict[str, Any]], task_vars: Any) -> list[dict[str, Any]]:
        code, environment = self._code(name), {}
        self._compute_environment_string(environment)
        written = [self._written(name, one, task_vars) for one in each]
        lanes = [written[start::_AT_ONCE] for start in range(min(_AT_ONCE, len(written)))]
        begun = [self._begin(code, lane, environment) for lane in lanes]
        results: list[dict[str, Any]] = [{}] * len(written)
        for start, (lane, child) in enumerate(zip(lanes, begun, strict=True)):
            results[start::_AT_ONCE] = self._ended(*child, len(lane))
        return results

    def _code(self, name: str) -> Any:
        """The module's code: of a collection, or of a file that Ansible finds by its name."""
        collection, _, module = name.rpartition(".")
        if collection:
            return importlib.import_module(f"ansible_collections.{collection}.plugins.modules.{module}")
        path = self._shared_loader_obj.module_loader.find_plugin(name)
        spec = importlib.util.spec_from_file_location(name, path) if path else None
        if spec is None or spec.loader is None:
            raise AnsibleActionFail(f"There is no module {name}.")
        code = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(code)
        return code

    def _written(self, name: str, arguments: dict[str, Any], task_vars: Any) -> bytes:
        arguments = dict(arguments)
        self._update_module_args(name, arguments, task_vars)
        encoder = get_module_encoder(_PROFILE, Direction.CONTROLLER_TO_MODULE)
        return json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, cls=encoder).encode()

    @staticmethod
    def _begin(code: Any, lane: list[bytes], environment: dict[str, str]) -> tuple[int, int]:
        """Fork; the child's id, and where its answers come from."""
        ear, mouth = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ear)
            os.environ |= environment
            _be(code, lane, mouth)
        os.close(mouth)
        return pid, ear

    def _ended(self, pid: int, ear: int, count: int) -> list[dict[str, Any]]:
        with open(ear, encoding="utf-8") as answers:
            said = [json.loads(line) for line in answers if line.endswith("\n")]
        os.waitpid(pid, 0)
        # A fork that was killed says nothing of what it had not come to: that is no module's answer, and so a failure.
        return [self._result(one) for one in said + [""] * (count - len(said))]

    def _result(self, said: str) -> dict[str, Any]:
        result = self._parse_returned_data({"stdout": said, "stderr": "", "rc": 0}, _PROFILE)
        remove_internal_keys(result)
        return result


class ActionModule(Here):
    """See the module's docstring."""

    _supports_check_mode = True
    _supports_diff = True
    _VALID_ARGS = frozenset({"module", "each"})

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Carry all of them out; the answer in the form of a loop's."""
        super().run(tmp, task_vars)
        name, each = str(self._task.args.get("module")), self._task.args.get("each")
        if not isinstance(each, list) or name.count(".") not in (0, 2):
            raise AnsibleActionFail("node_service_here needs the full name of a `module`, and a list in `each`.")
        results = self._side_by_side(name, each, task_vars) if self._is_here() else self._usual(name, each, task_vars)
        failed = [str(result.get("msg")) for result in results if result.get("failed")]
        answer = {
            "results": results,
            "changed": any(result.get("changed") for result in results),
            "failed": bool(failed),
            "diff": [result["diff"] for result in results if result.get("diff")],
        }
        return answer | ({"msg": "; ".join(failed)} if failed else {})

    def _usual(self, name: str, each: list[dict[str, Any]], task_vars: Any) -> list[dict[str, Any]]:
        return [self._execute_module(module_name=name, module_args=dict(one), task_vars=task_vars) for one in each]


def _be(code: Any, lane: list[bytes], mouth: int) -> NoReturn:
    """In the fork: be the module, once for each of its arguments, and nothing else; a line for what it said each time."""
    try:
        with open(mouth, "w", encoding="utf-8") as answers:
            for written in lane:
                answers.write(json.dumps(_said(code, written)) + "\n")
                answers.flush()
    finally:  # a fork must never come back as a second run
        os._exit(0)


def _said(code: Any, written: bytes) -> str:
    """What the module writes."""
    basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = written, _PROFILE
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            code.main()
        except SystemExit:
            pass
        except BaseException as error:
            problem = {"failed": True, "msg": f"The module ended with {error!r}", "exception": traceback.format_exc()}
            print(json.dumps(problem))
    return said.getvalue()
