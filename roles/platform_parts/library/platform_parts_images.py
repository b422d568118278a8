#!/usr/bin/python
"""Parts of the platform get other images, or back the settings of their deploy: ServiceUpdate of the Docker Engine API."""

import copy
import difflib
import time
from typing import Any

import docker
from docker import auth
from docker.errors import APIError

DOCUMENTATION = r"""
module: platform_parts_images
short_description: Parts have their images
description:
  - Changes the image of services that carry the label werkbank.part, and nothing else of them. The secrets, settings,
    mounts and labels that the deploy gave them stay. A part with C(settings) is given these back in place of its own.
  - Each is changed only if it still has the version that was planned with; the engine itself refuses an older one.
  - Waits for each part until it is healthy; those with is_last are changed one right after the other at the end, without
    waiting, for the caller may be one of them.
options:
  socket:
    description: The engine's socket.
    type: str
    required: true
  stack:
    description: Name of the deployment.
    type: str
    required: true
  parts:
    description: >-
      What is to be changed, in this order, each with name, service, version, image and is_last; and where somebody changed
      it by hand with settings (the engine's spec without the image) and says (the differences in words).
    type: list
    elements: dict
    required: true
  patience:
    description: Seconds until a part that is not healthy yet is given up.
    type: float
    default: 120
author: Werkbank
"""

EXAMPLES = r"""
- name: Parts have their images
  platform_parts_images:
    socket: /var/run/docker.sock
    stack: werkbank
    parts: [{name: web, service: 3f1c..., version: 42, image: "127.0.0.1:9082/web:6d1f...", is_last: false}]
"""

RETURN = r"""
parts:
  description: Each part with name, from, to, is_changed and settings, the differences that are mended.
  type: list
  returned: always
"""


class CannotChange(Exception):
    """A part that cannot be changed, in a sentence."""


class Parts:
    """The engine, as far as parts of one deployment go."""

    def __init__(self, client: Any, stack: str):
        self._client, self._stack = client, stack

    def look(self, part: dict[str, Any]) -> dict[str, Any]:
        """The service as it is. Raises ``CannotChange`` for what is no part of ours, or was changed since the plan."""
        service = self._client.inspect_service(part["service"])
        labels = service["Spec"].get("Labels") or {}
        if labels.get("werkbank.stack") != self._stack or labels.get("werkbank.part") != part["name"]:
            raise CannotChange(f"{service['Spec']['Name']} is not the part {part['name']} of {self._stack}; it was not touched.")
        if service["Version"]["Index"] != part["version"]:
            raise CannotChange(f"{part['name']} was changed by somebody else since the plan was made; it was not touched.")
        return dict(service)

    def change(self, service: dict[str, Any], image: str, settings: dict[str, Any]) -> None:
        """The spec as it is, or with the ``settings`` of its deploy, and with this image."""
        forced = service["Spec"]["TaskTemplate"].get("ForceUpdate", 0)
        spec = copy.deepcopy(settings) or service["Spec"]
        spec["TaskTemplate"] |= {"ForceUpdate": forced}
        spec["TaskTemplate"]["ContainerSpec"]["Image"] = image
        registry, _ = auth.resolve_repository_name(image)
        login = auth.get_config_header(self._client, registry)
        headers = {"X-Registry-Auth": login} if login else {}
        url = self._client._url("/services/{0}/update", service["ID"])
        answer = self._client._post_json(url, data=spec, params={"version": service["Version"]["Index"]}, headers=headers)
        self._client._raise_for_status(answer)

    def wait(self, part: dict[str, Any], patience: float) -> None:
        """Until the swarm says that the update is complete. Raises ``CannotChange`` when it went back, or takes too long."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            state = (self._client.inspect_service(part["service"]).get("UpdateStatus") or {}).get("State", "")
            if state == "completed":
                return
            if state.startswith("rollback") or state == "paused":
                raise CannotChange(f"The new {part['name']} did not become healthy; the swarm went back to the old one.")
            time.sleep(0.5)
        raise CannotChange(f"{part['name']} was not healthy after {patience:.0f} s; the swarm goes on trying.")


def plan_of(part: dict[str, Any], service: dict[str, Any]) -> dict[str, Any]:
    """What there is to do for a part."""
    before = service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
    says = list(part.get("says") or ()) if part.get("settings") else []
    is_changed = before != part["image"] or bool(says)
    return {"name": part["name"], "from": before, "to": part["image"], "is_changed": is_changed, "settings": says}


def diff_of(plans: list[dict[str, Any]]) -> dict[str, str]:
    """As `--diff` shows it."""
    sides = ["".join(f"{plan['name']}: {plan[side]}\n" for plan in plans) for side in ("from", "to")]
    lines = difflib.unified_diff(*(side.splitlines(keepends=True) for side in sides), "images", "images", n=0)
    mended = [f"{plan['name']}: {said}; its deploy's setting comes back\n" for plan in plans for said in plan["settings"]]
    return {"prepared": "".join([*lines, *mended])}


def run(module: Any, engine: Parts) -> dict[str, Any]:
    """Look at all before anything is changed."""
    wanted = module.params["parts"]
    found = [engine.look(part) for part in wanted]
    plans = [plan_of(part, service) for part, service in zip(wanted, found, strict=True)]
    due = [(p, s) for p, s, plan in zip(wanted, found, plans, strict=True) if plan["is_changed"]]
    if not module.check_mode:
        for part, service in sorted(due, key=lambda item: bool(item[0].get("is_last"))):
            engine.change(service, part["image"], part.get("settings") or {})
            if not part.get("is_last"):
                engine.wait(part, module.params["patience"])
    return {"changed": bool(due), "parts": plans, "diff": diff_of(plans)}


def main() -> None:
    """As a module of Ansible's."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415  it looks for a socket, which unit tests have shut

    module = AnsibleModule(
        argument_spec={
            "socket": {"type": "str", "required": True},
            "stack": {"type": "str", "required": True},
            "parts": {"type": "list", "elements": "dict", "required": True},
            "patience": {"type": "float", "default": 120},
        },
        supports_check_mode=True,
    )
    client = docker.APIClient(base_url=f"unix://{module.params['socket']}", version="auto", timeout=30)
    try:
        module.exit_json(**run(module, Parts(client, module.params["stack"])))
    except CannotChange as error:
        module.fail_json(msg=str(error))
    except APIError as error:
        module.fail_json(msg=f"The engine refused it: {error.explanation}. Parts that were changed before stay so.")


if __name__ == "__main__":
    main()
