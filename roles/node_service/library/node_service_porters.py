#!/usr/bin/python
"""Porters on other hosts are there, or gone: ServiceCreate, SecretCreate and their removal of the Engine API."""

import json
from pathlib import Path
from typing import Any

import docker
from ansible.module_utils.basic import AnsibleModule
from docker.errors import APIError, NotFound

DOCUMENTATION = r"""
module: node_service_porters
short_description: Porters of a deployment are there, or gone
description:
  - A porter is a swarm service with one task on one host, which has some volumes of that host and carries files for the
    director. It is never started again.
  - Its token is a swarm secret of its own. The token and the program come by a file, which nobody records.
  - community.docker's module knows no limit for processes.
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
    description: Porters that are to be there.
    type: list
    elements: dict
    default: []
  absent:
    description: Names of porters that are to be gone.
    type: list
    elements: str
    default: []
author: Werkbank
"""

EXAMPLES = r"""
- name: A porter is there
  node_service_porters:
    socket: /var/run/docker.sock
    stack: werkbank
    present:
      - name: werkbank_porter_0123456789abcdef
        host: 0vq3r6cwe1h3m0l4s0b0n0x0y
        image: registry/werkbank/gateway:1
        network: werkbank_porters
        mounts: [{source: werkbank_node_1, target: /volumes/0}]
        file: /tmp/runs/werkbank_porter_0123456789abcdef.json
"""

RETURN = r""" # """

_MEMORY = 128 * 1024 * 1024
# It acts for whoever owns a file in the node, which may be anybody; it has nothing but the volumes to act upon.
_RIGHTS = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"]
# The driver takes a volume that is there as it is. To make one it would need to know this option, which it does not.
_NEVER_MADE = {"Name": "local", "Options": {"werkbank-looks-only": "true"}}


class Porters:
    """The engine, as far as porters go."""

    def __init__(self, client: Any, stack: str):
        self._client, self._labels = client, {"werkbank.stack": stack, "werkbank.part": "porter"}

    def is_there(self, name: str) -> bool:
        """Whether its service is."""
        try:
            self._client.inspect_service(name)
        except NotFound:
            return False
        return True

    def make(self, porter: dict[str, Any]) -> None:
        """The secret, and the service."""
        told = json.loads(Path(porter["file"]).read_text(encoding="utf-8"))
        secret = self._client.create_secret(porter["name"], told["token"].encode(), self._labels)["ID"]
        try:
            network = self._client.inspect_network(porter["network"])["Id"]
            self._client.create_service(
                self._task(porter, told["command"], secret, network),
                name=porter["name"],
                labels=self._labels,
                mode={"Replicated": {"Replicas": 1}},
                endpoint_spec={"Mode": "dnsrr"},
            )
        except BaseException:
            self._client.remove_secret(secret)
            raise

    def _task(self, porter: dict[str, Any], command: list[str], secret: str, network: str) -> dict[str, Any]:
        return {
            "ContainerSpec": self._container(porter, command, secret),
            "Resources": {"Limits": {"NanoCPUs": 10**9, "MemoryBytes": _MEMORY, "Pids": 16}},
            "RestartPolicy": {"Condition": "none"},
            "Placement": {"Constraints": [f"node.id=={porter['host']}"]},
            "Networks": [{"Target": network}],
            # What it says is a file's content: no log may have it.
            "LogDriver": {"Name": "none"},
        }

    def _container(self, porter: dict[str, Any], command: list[str], secret: str) -> dict[str, Any]:
        mounts = [
            {
                "Type": "volume",
                "Source": mount["source"],
                "Target": mount["target"],
                "VolumeOptions": {"NoCopy": True, "DriverConfig": _NEVER_MADE},
            }
            for mount in porter["mounts"]
        ]
        file = {"Name": "porter", "UID": "0", "GID": "0", "Mode": 0o400}
        return {
            "Image": porter["image"],
            "Command": command,
            "User": "0:0",
            "Dir": "/",
            "Init": True,
            "ReadOnly": True,
            "Mounts": mounts,
            "CapabilityDrop": ["ALL"],
            "CapabilityAdd": _RIGHTS,
            "Healthcheck": {"Test": ["NONE"]},
            "Secrets": [{"SecretID": secret, "SecretName": porter["name"], "File": file}],
            "StopGracePeriod": 10**9,
            "Labels": self._labels,
        }

    def remove(self, name: str) -> bool:
        """Both; whether one of them was there."""
        was_there = False
        for act in (self._client.remove_service, self._client.remove_secret):
            try:
                act(name)
                was_there = True
            except NotFound:
                pass
        return was_there


def main() -> None:
    """As a module of Ansible's."""
    module = AnsibleModule(
        argument_spec={
            "socket": {"type": "str", "required": True},
            "stack": {"type": "str", "required": True},
            "present": {"type": "list", "elements": "dict", "default": []},
            "absent": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    asked = module.params
    engine = Porters(docker.APIClient(base_url=f"unix://{asked['socket']}", version="auto", timeout=10), asked["stack"])
    changed = False
    try:
        for porter in asked["present"]:
            if not engine.is_there(porter["name"]):
                changed = True
                if not module.check_mode:
                    engine.make(porter)
        for name in asked["absent"]:
            changed = (engine.is_there(name) if module.check_mode else engine.remove(name)) or changed
    except FileNotFoundError:
        module.fail_json(
            msg="The token of this porter was there for its own run alone; nothing was made. Ask for the files of the node again "
            "in its page or by the API, which makes another porter."
        )
    except (APIError, OSError) as error:
        module.fail_json(msg=f"A porter is not as desired: {error.explanation if isinstance(error, APIError) else error}")
    module.exit_json(changed=changed)


if __name__ == "__main__":
    main()
