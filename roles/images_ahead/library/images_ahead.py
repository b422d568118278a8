#!/usr/bin/python
"""Images are on hosts: a service of one task pulls each, and is gone when it has; ServiceCreate of the Docker Engine API."""

import time
from typing import Any

import docker
from docker.errors import APIError, NotFound

DOCUMENTATION = r"""
module: images_ahead
short_description: Images are on hosts
description:
  - A manager cannot tell another host's engine to pull. It can have a task placed there, and the first thing a host does
    for a task is to pull its image. So each image is pulled by a service with one task, which is bound to the host and
    removed as soon as its image is there. What the image would do is never started.
  - All of them at the same time. One that fails is told of, and keeps no other.
options:
  socket:
    description: The engine's socket.
    type: str
    required: true
  stack:
    description: Name of the deployment.
    type: str
    required: true
  present:
    description: What is to be pulled, each with name (of the service), image, host (its id) and host_name.
    type: list
    elements: dict
    default: []
  absent:
    description: Names of services that are to be gone, of a run that was killed.
    type: list
    elements: str
    default: []
  patience:
    description: Seconds until a pull is given up.
    type: float
    default: 900
author: Werkbank
"""

EXAMPLES = r"""
- name: Image is on its host
  images_ahead:
    socket: /var/run/docker.sock
    stack: werkbank
    present:
      - name: werkbank_ahead_0123456789abcdef
        image: 10.0.0.1:9082/simcore/services/dynamic/jupyter:1.0.0@sha256:6f1d...
        host: 0vq3r6cwe1h3m0l4s0b0n0x0y
        host_name: bench-2
"""

RETURN = r"""
images:
  description: Each of present with host, host_name, image and why, which is null where the image is there.
  type: list
  returned: always
"""

# No image has it: the task ends without any program of the image's, which need not have a shell.
_NOTHING = ["/werkbank-pulls-only"]
# A host begins to start a task when its image is there, whatever comes of the start.
_PULLED = {"ready", "starting", "running", "complete", "failed"}
_REFUSED = {"rejected", "orphaned", "shutdown", "remove"}
_PAUSE = 0.5
_MEANS = "A node that starts on this host pulls it itself"


class Pulls:
    """The engine, as far as pulling ahead goes."""

    def __init__(self, client: Any, stack: str):
        self._client, self._stack = client, stack

    def begin(self, pull: dict[str, Any]) -> None:
        """The service. The engine's client hands the registry's login to the host."""
        labels = {"werkbank.stack": self._stack, "werkbank.ahead": pull["image"].partition("@")[0]}
        task = {
            "ContainerSpec": {
                "Image": pull["image"],
                "Command": _NOTHING,
                "ReadOnly": True,
                "CapabilityDrop": ["ALL"],
                "Healthcheck": {"Test": ["NONE"]},
                "Labels": labels,
            },
            "Resources": {"Limits": {"NanoCPUs": 10**8, "MemoryBytes": 32 * 1024 * 1024}},
            "RestartPolicy": {"Condition": "none"},
            "Placement": {"Constraints": [f"node.id=={pull['host']}"]},
            "LogDriver": {"Name": "none"},
        }
        mode, endpoint = {"Replicated": {"Replicas": 1}}, {"Mode": "dnsrr"}
        self._client.create_service(task, name=pull["name"], labels=labels, mode=mode, endpoint_spec=endpoint)

    def look(self, pull: dict[str, Any]) -> tuple[bool, str | None]:
        """Whether it is over, and then why the image is not there."""
        tasks = self._client.tasks(filters={"service": pull["name"]})
        if not tasks and not self.is_there(pull["name"]):
            return True, f"Somebody removed the service that was to pull the image on the host {pull['host_name']}. {_MEANS}."
        status = max(tasks, key=lambda task: task["CreatedAt"])["Status"] if tasks else {"State": "new"}
        state, words = status["State"], str(status.get("Err") or "").strip().rstrip(".")
        if state in _PULLED:
            return True, None
        if state in _REFUSED:
            said = words or state
            return True, f"The host {pull['host_name']} could not pull the image ({said}). {_MEANS}, and says what is wrong."
        if (state == "pending" and "no suitable node" in words) or self._is_lost(pull):
            return True, f"The host {pull['host_name']} takes no tasks any more; the image was not pulled there."
        return False, None

    def _is_lost(self, pull: dict[str, Any]) -> bool:
        try:
            return bool(self._client.inspect_node(pull["host"])["Status"]["State"] != "ready")
        except NotFound:
            return True

    def remove(self, name: str) -> bool:
        """The service is gone; whether it was there. Its host removes the task's container."""
        try:
            self._client.remove_service(name)
        except NotFound:
            return False
        return True

    def is_there(self, name: str) -> bool:
        """Whether there is such a service."""
        try:
            self._client.inspect_service(name)
        except NotFound:
            return False
        return True


def pulled(engine: Pulls, wanted: list[dict[str, Any]], patience: float) -> dict[str, str | None]:
    """Why each image is not there, by the name of its service. None of the services is left, whatever happens."""
    found, deadline = dict[str, str | None](), time.monotonic() + patience
    try:
        for pull in wanted:
            try:
                engine.begin(pull)
            except APIError as error:
                found[pull["name"]] = f"The swarm refused what was to pull the image ({error.explanation}). {_MEANS}."
        while waited := [pull for pull in wanted if pull["name"] not in found]:
            time.sleep(_PAUSE)
            for pull in waited:
                is_over, why = engine.look(pull)
                if not is_over and time.monotonic() > deadline:
                    is_over, why = (
                        True,
                        f"The host {pull['host_name']} had not pulled the image after {patience:.0f} s. {_MEANS}.",
                    )
                if is_over:
                    found[pull["name"]] = why
                    engine.remove(pull["name"])
    finally:
        for pull in wanted:
            if pull["name"] not in found:
                engine.remove(pull["name"])
    return found


def run(module: Any, engine: Pulls) -> dict[str, Any]:
    """What was left goes first."""
    asked = module.params
    if module.check_mode:
        left = [name for name in asked["absent"] if engine.is_there(name)]
        return {"changed": bool(left or asked["present"]), "images": []}
    removed = [engine.remove(name) for name in asked["absent"]]
    found = pulled(engine, asked["present"], asked["patience"])
    told = ("host", "host_name", "image")
    images = [{name: pull[name] for name in told} | {"why": found[pull["name"]]} for pull in asked["present"]]
    return {"changed": any(removed) or any(each["why"] is None for each in images), "images": images}


def main() -> None:
    """As a module of Ansible's."""
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415  it looks for a socket, which unit tests have shut

    module = AnsibleModule(
        argument_spec={
            "socket": {"type": "str", "required": True},
            "stack": {"type": "str", "required": True},
            "present": {"type": "list", "elements": "dict", "default": []},
            "absent": {"type": "list", "elements": "str", "default": []},
            "patience": {"type": "float", "default": 900},
        },
        supports_check_mode=True,
    )
    client = docker.APIClient(base_url=f"unix://{module.params['socket']}", version="auto", timeout=30)
    try:
        module.exit_json(**run(module, Pulls(client, module.params["stack"])))
    except (APIError, OSError) as error:
        said = error.explanation if isinstance(error, APIError) else error
        module.fail_json(msg=f"The swarm's manager did not carry it out ({said}); what is pulled already stays on its host.")


if __name__ == "__main__":
    main()
