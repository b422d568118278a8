#!/usr/bin/python
"""Gateways and anchors come onto networks of projects, and leave them: NetworkConnect and NetworkDisconnect of the Engine API."""

import ipaddress
import time
from collections.abc import Callable
from typing import Any

import docker
from ansible.module_utils.basic import AnsibleModule
from docker.errors import APIError

DOCUMENTATION = r"""
module: node_service_ways
short_description: Gateways are on networks, or off them
description:
  - Connects the container of a swarm task to overlay networks, and disconnects it, on the engine of its host.
  - The swarm's manager gives the addresses of a network from its lower end and does not know of this one, so the gateway
    takes one from the upper end.
  - An engine knows an overlay network once a task on it comes to its host; so it is asked until that is so. An anchor is a
    container that is no task. To connect it is to have the manager bring the network to its host, and give it an address.
options:
  socket:
    description: The engine's socket.
    type: str
    required: true
  connect:
    description: Gateways, each with a network that it is to be on; with C(is_anchor) an anchor.
    type: list
    elements: dict
    default: []
  disconnect:
    description: Gateways, each with a network that it is to be off.
    type: list
    elements: dict
    default: []
  patience:
    description: Seconds until what could not be connected is given up.
    type: float
    default: 4
author: Werkbank
"""

EXAMPLES = r"""
- name: Gateway is on the network
  node_service_ways:
    socket: /var/run/docker.sock
    connect: [{gateway: 3f1c..., network: werkbank_project_6d1f...}]
"""

RETURN = r"""
missing:
  description: What could not be connected in time, each with the engine's words.
  type: list
  returned: always
"""

# Addresses tried from the upper end: other gateways, and what somebody else took.
_TRIES = 8
_PAUSE = 0.03


class Ways:
    """The engine, as far as networks and this host's containers go."""

    def __init__(self, client: Any):
        self._client = client

    def connect(self, gateway: str, network: str, is_anchor: bool = False) -> tuple[bool, str | None]:
        """Whether something changed, and what still stands in the way."""
        try:
            about = self._client.inspect_network(network)
            if gateway in (about.get("Containers") or {}):
                return False, None
            # The manager gives an anchor its address.
            for address in [None] if is_anchor else addresses(about):
                try:
                    self._client.connect_container_to_network(gateway, network, ipv4_address=address)
                    return True, None
                except APIError as error:
                    if any(words in str(error.explanation) for words in ("already exists in network", "already attached")):
                        return False, None
                    if "in use" not in str(error.explanation):
                        raise
            return False, f"{network} has no free address at its upper end"
        except APIError as error:
            return False, str(error.explanation)

    def disconnect(self, gateway: str, network: str, _: bool = False) -> tuple[bool, str | None]:
        """The same; a gateway or a network that has gone is off."""
        try:
            self._client.disconnect_container_from_network(gateway, network)
        except APIError:
            return False, None
        return True, None


def addresses(network: dict[str, Any]) -> list[str]:
    """From the upper end of the network's subnet downwards; none while the swarm has not given it one."""
    config = (network.get("IPAM") or {}).get("Config") or [{}]
    if not config[0].get("Subnet"):
        return []
    subnet = ipaddress.ip_network(config[0]["Subnet"])
    return [str(subnet.broadcast_address - number) for number in range(1, _TRIES + 1)]


def until_done(act: Callable[[str, str, bool], tuple[bool, str | None]], ways: list[dict[str, Any]], patience: float) -> Any:
    """Do it for all of them, in their order; whether something changed, and what is missing after so many seconds."""
    deadline, changed = time.monotonic() + patience, False
    left = dict.fromkeys(((way["gateway"], way["network"], bool(way.get("is_anchor"))) for way in ways), "")
    while left:
        for way in list(left):
            did, problem = act(*way)
            changed = changed or did
            if problem is None:
                del left[way]
            else:
                left[way] = problem
        if time.monotonic() > deadline:
            break
        if left:
            time.sleep(_PAUSE)
    return changed, [{"gateway": way[0], "network": way[1], "msg": problem} for way, problem in left.items()]


def main() -> None:
    """As a module of Ansible's."""
    ways = {"type": "list", "elements": "dict", "default": []}
    module = AnsibleModule(
        argument_spec={
            "socket": {"type": "str", "required": True},
            "connect": ways,
            "disconnect": ways,
            "patience": {"type": "float", "default": 4},
        },
        supports_check_mode=True,
    )
    if module.check_mode:
        module.exit_json(changed=bool(module.params["connect"] or module.params["disconnect"]), missing=[])
    engine = Ways(docker.APIClient(base_url=f"unix://{module.params['socket']}", version="auto", timeout=10))
    off, _ = until_done(engine.disconnect, module.params["disconnect"], 0)
    on, missing = until_done(engine.connect, module.params["connect"], module.params["patience"])
    module.exit_json(changed=on or off, missing=missing)


if __name__ == "__main__":
    main()
