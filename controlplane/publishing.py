"""Publishing a service: its image is built from the checkout or a git repository, judged, and pushed to the registry."""

import re
from pathlib import Path
from typing import Any

from controlplane.errors import BadInput, Conflict
from controlplane.jobs import Kind, Work

# Where services are in the checkout.
SERVICES = "services"
PROTOCOLS = ("https", "http", "git")
_TAKES = (
    "Publishing takes `folder`, a folder of the checkout's services/; or `url` of a git repository, with `ref` (branch, tag or "
    "whole commit) and `folder` in it where they are not the usual ones."
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}")
_URL = re.compile(rf"({'|'.join(PROTOCOLS)})://[A-Za-z0-9.-]+(:\d{{1,5}})?(/[A-Za-z0-9._~%+/-]*)?")
_LONGEST_URL = 500


def _read(inputs: dict[str, Any]) -> dict[str, Any]:
    if set(inputs) - {"url", "ref", "folder"} or not all(isinstance(value, str) for value in inputs.values()):
        raise BadInput(_TAKES)
    folder = inputs.get("folder", "").strip("/")
    if not all(_NAME.fullmatch(name) for name in folder.split("/") if folder):
        raise BadInput("`folder` is a path in the sources such as services/dy-name, of letters, digits, dots and dashes.")
    if "url" not in inputs:
        if not folder or "/" in folder or "ref" in inputs:
            raise BadInput(_TAKES)
        return {"folder": folder}
    return {"url": _read_url(inputs["url"].strip()), "ref": _read_ref(inputs.get("ref", "").strip()), "folder": folder}


def _read_url(url: str) -> str:
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise BadInput(
            "The address holds a name or a password, which would be kept for everybody to read; nothing was stored. Only "
            "repositories that may be read without a login can be published from; or build elsewhere and push the image."
        )
    if len(url) > _LONGEST_URL or not _URL.fullmatch(url):
        raise BadInput("`url` must be the address of a git repository, such as https://git.example/group/name.git.")
    return url


def _read_ref(ref: str) -> str:
    if ref and (not _REF.fullmatch(ref) or ".." in ref):
        raise BadInput("`ref` must be a branch, a tag or a whole commit (40 digits).")
    return ref or "HEAD"


def protocols(allowed: str) -> list[str]:
    """Those of a setting that are known."""
    return [name for name in re.split(r"[,\s]+", allowed) if name in PROTOCOLS]


def folders(checkout: Path) -> list[str]:
    """Folders of the checkout's services/ that hold a service: a Dockerfile with the label of a key."""
    files = sorted((checkout / SERVICES).glob("*/Dockerfile"))
    return [file.parent.name for file in files if "io.simcore.key" in file.read_text(errors="replace")]


def _variables(work: Work) -> dict[str, Any]:
    """Raises ``Conflict`` for what this deployment cannot build."""
    settings, wanted = work.settings, work.inputs
    if not settings.build_base:
        raise Conflict("This deployment does not say which base image it has, so nothing can be built: run make up once.")
    about = {
        "service_publish_base": settings.build_base,
        "service_publish_labels": {"werkbank.stack": settings.stack},
        "service_publish_registry": settings.registry,
        "service_publish_registry_user": settings.registry_user,
    }
    return about | (_from_git(work) if "url" in wanted else _from_checkout(work))


def _from_checkout(work: Work) -> dict[str, Any]:
    folder, there = work.inputs["folder"], folders(work.settings.checkout_dir)
    if folder not in there:
        raise Conflict(
            f"Nothing was built: the director's checkout has no service {folder}. It has: {', '.join(there) or 'none'}."
        )
    return {"service_publish_root": str(work.settings.checkout_dir), "service_publish_folder": f"{SERVICES}/{folder}"}


def _from_git(work: Work) -> dict[str, Any]:
    allowed, url = protocols(work.settings.git_protocols), work.inputs["url"]
    if url.partition(":")[0] not in allowed:
        raise Conflict(
            f"Repositories are fetched here by {' or '.join(allowed)} alone (WERKBANK_GIT_PROTOCOLS); nothing was fetched. "
            "Give another address of the same repository."
        )
    names = {"url": url, "ref": work.inputs["ref"], "folder": work.inputs["folder"], "protocols": allowed}
    return {f"service_publish_{name}": value for name, value in names.items()}


# Seconds: the role's own bounds of fetching, building and pushing, and what is left between them.
_TIMEOUT = 180 + 1200 + 600 + 60
# Done anew after a crash: what is in the registry already is left as it is, and nothing is there by halves.
PUBLISH = Kind("publish", "publish.yml", _read, _variables, timeout=_TIMEOUT, is_repeatable=True)
