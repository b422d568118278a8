"""A line of htpasswd that is the same for the same login."""

import base64
import hashlib

import bcrypt

DOCUMENTATION = """
name: registry_htpasswd
short_description: A line of htpasswd that is the same for the same login
description:
  - bcrypt at cost 5, for the registry computes it on every request. The salt is made from the login itself, so that a
    second run changes nothing; it differs from deployment to deployment, for the passwords do.
positional: user
options:
  _input: {description: The password., type: str, required: true}
  user: {description: The user., type: str, required: true}
"""


def registry_htpasswd(password: str, user: str) -> str:
    """`user:$2b$05$...`. Raises ``ValueError`` for a password that bcrypt would cut (over 72 bytes)."""
    if len(password.encode()) > 72:
        raise ValueError("The registry's password must not be longer than 72 bytes.")
    seed = hashlib.sha256(f"registry {user} {password}".encode()).digest()[:16]
    # bcrypt's own base64 has its letters in another order (openbsd bcrypt.c).
    ours = base64.b64encode(seed).decode().rstrip("=")
    usual = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    theirs = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    salt = f"$2b$05${ours.translate(str.maketrans(usual, theirs))}"
    return f"{user}:{bcrypt.hashpw(password.encode(), salt.encode()).decode()}"


class FilterModule:
    """Ansible's way to find filters."""

    def filters(self) -> dict[str, object]:
        """The one of this file."""
        return {"registry_htpasswd": registry_htpasswd}
