#!/usr/bin/python
"""What the image of one service is made from: a folder with a Dockerfile, in sources that somebody else may have written."""

import re
from pathlib import Path

from ansible.module_utils.service_image import CannotPlan, Context, Dockerfile, content_hash, service_name

DOCUMENTATION = r"""
module: service_publish_plan
short_description: What one service's image is made from, and the hash of it
description:
  - Reads the Dockerfile of a folder. It may stand on C(BASE_IMAGE), C(scratch) and its own stages, and on nothing else.
  - The context is the folder itself when all that the Dockerfile takes is there, or else the sources' root.
  - Changes nothing; C(--check) answers the same.
options:
  root:
    description: The folder with the sources; nothing outside it is read.
    type: path
    required: true
  folder:
    description: The folder in it that has the Dockerfile; empty means the root.
    type: str
    default: ""
  base:
    description: Reference of the image that C(ARG BASE_IMAGE) stands for; its tag names its content.
    type: str
    required: true
  target:
    description: Stage to build, where the Dockerfile has it.
    type: str
    default: production
  labels:
    description: Labels that the image gets, beside the hash.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Image is planned
  service_publish_plan:
    root: /app/checkout
    folder: services/dy-jupyter
    base: werkbank/base:0123456789abcdef
"""

RETURN = r"""
image:
  description: What is to be built.
  returned: success
  type: dict
  contains:
    key: {type: str, description: The service's key.}
    version: {type: str, description: Its version.}
    hash: {type: str, description: Content hash; the same that role service_image gives.}
    context: {type: str, description: Folder that is handed to the builder.}
    dockerfile: {type: str, description: The Dockerfile.}
    stage: {type: str, description: Stage to build; empty for a Dockerfile without named stages.}
    args: {type: dict, description: Build arguments.}
    labels: {type: dict, description: Labels to be set.}
    said: {type: dict, description: Labels as the Dockerfile says them.}
    is_said: {type: bool, description: Whether those are known before it is built.}
"""

_LARGEST = 256 * 1024
_BASE = re.compile(r"^\$\{?BASE_IMAGE\}?$")
_FRONTEND = re.compile(r"^#\s*syntax\s*=", re.IGNORECASE | re.MULTILINE)


def plan(root, folder, base, target, labels):
    """The image of ``folder``. Raises ``CannotPlan`` with a sentence."""
    root = Path(root).resolve()
    path, shown = _path(root, folder)
    file = Dockerfile(path, shown)
    stage = file.stage(target)
    stages = file.needed(stage)
    _check_parents(file, stages)
    context = _context(root, path.parent, file, stages)
    args = {"BASE_IMAGE": base} if "BASE_IMAGE" in file.declared(stages) else {}
    content = content_hash(file, stages, args, context, labels)
    name = service_name(file, stages, stage)
    if not name:
        raise CannotPlan(
            f"{shown} has no label io.simcore.key, so it would be no service; nothing was built. Write the labels of a service "
            "(docs/labels.md) into its last stage."
        )
    said = file.labels(stages, stage)
    return {
        "key": name.rpartition(":")[0],
        "version": name.rpartition(":")[2],
        "hash": content,
        "context": str(context.root),
        "dockerfile": str(path),
        "stage": stage.name,
        "args": args,
        "labels": {key: str(value) for key, value in labels.items()} | {"werkbank.content": content},
        "said": said,
        "is_said": not any("$" in value for value in said.values()),
    }


def _path(root, folder):
    """The Dockerfile, and how people know it. Links are not followed: they may lead to files that are not the sources'."""
    path = root / folder / "Dockerfile"
    shown = str(Path(folder) / "Dockerfile")
    if not path.is_file() and not path.is_symlink():
        raise CannotPlan(f"There is no {shown} in the sources; nothing was built. Name the folder that has the Dockerfile.")
    if path.resolve() != path or not path.is_relative_to(root):
        raise CannotPlan(f"{shown} is a link, or lies behind one; nothing was built. Put the file itself there.")
    if path.stat().st_size > _LARGEST:
        raise CannotPlan(f"{shown} is too large to be a Dockerfile; nothing was built.")
    if _FRONTEND.search(path.read_text(errors="replace")):
        raise CannotPlan(f"{shown} names a builder of its own (# syntax=); nothing was built. Leave that line out.")
    return path, shown


def _check_parents(file, stages):
    known = {name for stage in stages for name in (stage.name, str(stage.number)) if name}
    for need in sorted(set().union(*(stage.needs for stage in stages))):
        if need not in known and need not in ("", "scratch") and not _BASE.match(need):
            raise CannotPlan(
                f"{file.shown} stands on {need}; nothing was built. Services built here stand on the platform's base image: "
                "write ARG BASE_IMAGE and FROM ${BASE_IMAGE}. Or build the image elsewhere and push it to the registry."
            )


def _context(root, folder, file, stages):
    """The folder that the Dockerfile speaks of: its own, or the sources' root."""
    sources = list(file.sources(stages))
    for place in dict.fromkeys((folder, root)):
        if (place / ".dockerignore").is_symlink():
            raise CannotPlan(f"The .dockerignore beside {file.shown} is a link; nothing was built. Put the file itself there.")
        context = Context(place)
        if all(context.taken(source) for source in sources):
            break
    return context


def main():
    from ansible.module_utils.basic import AnsibleModule  # noqa: PLC0415  it looks for a socket, which unit tests have shut

    module = AnsibleModule(
        argument_spec={
            "root": {"type": "path", "required": True},
            "folder": {"type": "str", "default": ""},
            "base": {"type": "str", "required": True},
            "target": {"type": "str", "default": "production"},
            "labels": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    try:
        module.exit_json(changed=False, image=plan(**module.params))
    except (CannotPlan, OSError) as error:
        module.fail_json(msg=str(error))
    except (ValueError, IndexError, KeyError, TypeError) as error:
        module.fail_json(msg=f"The Dockerfile cannot be understood ({error}); nothing was built. Mend it.")
    except ImportError as error:
        module.fail_json(msg=f"Python on this host lacks {error.name}: install requirements/deploy.lock there.")


if __name__ == "__main__":
    main()
