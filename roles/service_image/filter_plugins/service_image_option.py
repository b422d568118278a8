"""Filters of the role: a pair as a command line's option, and a plan compared with what is there."""

from typing import Any

Image = dict[str, Any]


def service_image_option(pair: dict[str, object], option: str) -> list[str]:
    """`{key: a, value: b}` becomes `[option, "a=b"]`."""
    return [option, f"{pair['key']}={pair['value']}"]


def service_image_compare(plan: list[Image], there: list[Image], digests: dict[str, str]) -> list[Image]:
    """The plan with what the engine and the registry have of it: is_built, is_pushed, digest_ref and size (bytes)."""
    by_tag = {tag: image for image in there for tag in image.get("RepoTags") or []}
    compared = []
    for image in plan:
        found = by_tag.get(image["ref"]) or {}
        labels = (found.get("Config") or {}).get("Labels") or {}
        is_built = labels.get("werkbank.content") == image["hash"]
        digest, repository = digests.get(image["ref"], ""), image["ref"].rpartition(":")[0]
        is_pushed = is_built and f"{repository}@{digest}" in (found.get("RepoDigests") or [])
        known = {"is_built": is_built, "is_pushed": is_pushed, "size": found.get("Size", 0)}
        compared.append(image | known | {"digest_ref": f"{image['ref']}@{digest}" if is_pushed else ""})
    return compared


class FilterModule:
    """Ansible's way to find filters."""

    def filters(self) -> dict[str, object]:
        """Those of this file."""
        return {"service_image_option": service_image_option, "service_image_compare": service_image_compare}
