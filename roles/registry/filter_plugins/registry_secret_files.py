"""Swarm secrets as the files of a service."""

from typing import Any

DOCUMENTATION = """
name: registry_secret_files
short_description: Swarm secrets as the files of a service
description: Results of docker_secret become what docker_swarm_service wants in its option secrets.
positional: prefix, uid
options:
  _input: {description: Results of a loop over secrets; its variable is registry_secret., type: list, required: true}
  prefix: {description: Begins each file's name., type: str, required: true}
  uid: {description: The one user who may read it., type: int, required: true}
"""


def registry_secret_files(results: list[dict[str, Any]], prefix: str, uid: int) -> list[dict[str, Any]]:
    """A file each, readable by ``uid`` alone; a secret that only a rehearsal made has no identity and is left out."""
    return [
        {
            "secret_id": result["secret_id"],
            "secret_name": result["secret_name"],
            "filename": f"{prefix}{result['registry_secret']['name']}",
            "uid": str(uid),
            "gid": "0",
            "mode": 0o400,
        }
        for result in results
        if result.get("secret_id")
    ]


class FilterModule:
    """Ansible's way to find filters."""

    def filters(self) -> dict[str, object]:
        """The one of this file."""
        return {"registry_secret_files": registry_secret_files}
