#!/usr/bin/python
"""Which images a registry holds."""

import base64
import json
import ssl
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: service_image_published
short_description: Digests under which a registry holds images
description:
  - Asks the registry for the manifest of each reference, several at once. Changes nothing; C(--check) answers the same.
options:
  registry:
    description: Host and port; the first part of every reference.
    type: str
    required: true
  refs:
    description: References to ask for.
    type: list
    elements: str
    required: true
  username:
    description: Login; empty means none.
    type: str
    default: ""
  password:
    description: The login's password.
    type: str
    default: ""
  contents:
    description: Whether to read what each image is made of, too.
    type: bool
    default: false
  ca:
    description: File with the certificate authority that vouches for the registry; the system's when it does not exist.
    type: path
    default: ""
"""

EXAMPLES = r"""
- name: Registry was asked
  service_image_published:
    registry: 127.0.0.1:9082
    refs: ["127.0.0.1:9082/werkbank/web:0123456789abcdef"]
    username: werkbank
    password: "{{ password }}"
    ca: /etc/docker/certs.d/127.0.0.1:9082/ca.crt
"""

RETURN = r"""
digests:
  description: Digest by reference; what the registry does not hold is left out.
  returned: success
  type: dict
contents:
  description: The label werkbank.content of each image that has one, by reference; empty when it was not asked for.
  returned: success
  type: dict
"""

_ACCEPT = ", ".join(
    f"application/vnd.{kind}+json"
    for kind in (
        "docker.distribution.manifest.v2",
        "docker.distribution.manifest.list.v2",
        "oci.image.manifest.v1",
        "oci.image.index.v1",
    )
)


class RegistryDoesNotAnswer(Exception):
    """The registry did not answer as one."""


class Registry:
    def __init__(self, registry, username, password, ca):
        self.address = registry
        self.headers = {"Accept": _ACCEPT}
        if username:
            login = base64.b64encode(f"{username}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {login}"
        context = ssl.create_default_context(cafile=ca if ca and Path(ca).exists() else None)
        # No proxy: the registry stands in the site's own network.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))

    def digest(self, ref):
        """The digest of ``ref``, or None when the registry does not hold it."""
        repository, _, tag = ref.removeprefix(f"{self.address}/").rpartition(":")
        return self._ask(f"{repository}/manifests/{tag}", "HEAD", lambda answer: answer.headers["Docker-Content-Digest"])

    def content(self, ref):
        """What ``ref`` is made of, as its label says; None when it is not there, or says nothing."""
        repository, _, tag = ref.removeprefix(f"{self.address}/").rpartition(":")
        manifest = self._ask(f"{repository}/manifests/{tag}", "GET", json.load) or {}
        digest = (manifest.get("config") or {}).get("digest")
        config = digest and self._ask(f"{repository}/blobs/{digest}", "GET", json.load)
        return (((config or {}).get("config") or {}).get("Labels") or {}).get("werkbank.content")

    def _ask(self, path, method, read):
        request = urllib.request.Request(f"https://{self.address}/v2/{path}", method=method, headers=self.headers)
        try:
            with self.opener.open(request, timeout=10) as answer:
                return read(answer)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            hint = "refuses the login" if error.code == 401 else f"answered {error.code} {error.reason}"
            raise RegistryDoesNotAnswer(f"The registry {self.address} {hint}.") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise RegistryDoesNotAnswer(f"The registry {self.address} does not answer over TLS: {reason}.") from error


def main():
    module = AnsibleModule(
        argument_spec={
            "registry": {"type": "str", "required": True},
            "refs": {"type": "list", "elements": "str", "required": True},
            "username": {"type": "str", "default": ""},
            "password": {"type": "str", "default": "", "no_log": True},
            "contents": {"type": "bool", "default": False},
            "ca": {"type": "path", "default": ""},
        },
        supports_check_mode=True,
    )
    refs, with_contents = module.params.pop("refs"), module.params.pop("contents")
    try:
        registry = Registry(**module.params)
        with ThreadPoolExecutor(max_workers=4) as pool:
            digests = dict(zip(refs, pool.map(registry.digest, refs), strict=True))
            contents = dict(zip(refs, pool.map(registry.content, refs), strict=True)) if with_contents else {}
    except (RegistryDoesNotAnswer, ssl.SSLError) as error:
        module.fail_json(
            msg=f"{error} See whether it runs (ansible-playbook playbooks/registry.yml brings it up), and whether its "
            "address and login are those in .env; then run again."
        )
    module.exit_json(
        changed=False,
        digests={ref: digest for ref, digest in digests.items() if digest},
        contents={ref: content for ref, content in contents.items() if content},
    )


if __name__ == "__main__":
    main()
