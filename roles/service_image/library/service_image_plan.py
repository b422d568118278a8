#!/usr/bin/python
"""Which images are to be built, in which order, and the content hash of each."""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.service_image import CannotPlan, plan

DOCUMENTATION = r"""
module: service_image_plan
short_description: What is to be built from the folders under services/, and the hash of what goes into it
description:
  - Reads C(services/<name>/Dockerfile) and follows C(ARG <NAME>_IMAGE) to the parents, which are included by themselves.
  - The content hash covers the Dockerfile's instructions as far as the target needs them, all files that C(COPY), C(ADD)
    and bind mounts take from the checkout (less C(.dockerignore)), the parents' hashes, labels and build arguments.
  - Changes nothing; C(--check) answers the same.
options:
  root:
    description: The checkout's folder; the context of every build.
    type: path
    required: true
  services:
    description: Names of folders under services/. Empty means all that have a Dockerfile.
    type: list
    elements: str
    default: []
  registry:
    description: Host and port of the registry, the first part of every reference.
    type: str
    required: true
  base:
    description: Reference of the image that C(ARG BASE_IMAGE) stands for; its tag names its content.
    type: str
    required: true
  target:
    description: Stage to build. A Dockerfile without it is built as C(production), or to its last stage.
    type: str
    default: production
  labels:
    description: Labels that every image gets.
    type: dict
    default: {}
  build_args:
    description: Further build arguments; each is handed to those Dockerfiles that declare it.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Images are planned
  service_image_plan:
    root: /srv/werkbank
    services: [web]
    registry: 127.0.0.1:9082
    base: werkbank/base:0123456789abcdef
"""

RETURN = r"""
images:
  description: One entry for each image, parents before children.
  returned: success
  type: list
  elements: dict
  contains:
    name: {type: str, description: Folder under services/.}
    ref: {type: str, description: Reference with registry and tag.}
    hash: {type: str, description: Content hash; 16 hexadecimal digits.}
    stage: {type: str, description: Stage to build; empty for a Dockerfile without named stages.}
    args: {type: dict, description: Build arguments.}
    labels: {type: dict, description: Labels to be set.}
    parents: {type: list, elements: str, description: Services that must be built before.}
    wave: {type: int, description: Longest way to the base image; what shares a number can be built side by side.}
"""


def main():
    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "services": {"type": "list", "elements": "str", "default": []},
            "registry": {"type": "str", "required": True},
            "base": {"type": "str", "required": True},
            "target": {"type": "str", "default": "production"},
            "labels": {"type": "dict", "default": {}},
            "build_args": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(changed=False, images=plan(**module.params))
    except (CannotPlan, OSError) as error:
        module.fail_json(msg=str(error))
    except ImportError as error:
        module.fail_json(msg=f"Python on this host lacks {error.name}: install requirements/deploy.lock there.")


if __name__ == "__main__":
    main()
