"""What the images of a plan need, told from what engine and registry hold."""

import re
from typing import Any

Image = dict[str, Any]


def service_image_compare(planned: list[Image], there: list[Image], digests: dict[str, str]) -> list[Image]:
    """Each planned image with `is_built`, `is_pushed`, `size` (bytes) and `digest_ref` (empty while it is not pushed)."""
    engine = {tag: image for image in there for tag in image.get("RepoTags") or ()}
    return [_compared(image, engine.get(image["ref"], {}), digests.get(image["ref"])) for image in planned]


def _compared(image: Image, found: Image, digest: str | None) -> Image:
    is_built = ((found.get("Config") or {}).get("Labels") or {}).get("werkbank.content") == image["hash"]
    digest_ref = f"{image['ref'].rpartition(':')[0]}@{digest}"
    is_pushed = is_built and digest_ref in (found.get("RepoDigests") or ())
    return image | {
        "is_built": is_built,
        "is_pushed": is_pushed,
        "size": found.get("Size", 0) if is_built else 0,
        "digest_ref": digest_ref if is_pushed else "",
    }


def service_image_options(pairs: dict[str, Any], option: str) -> list[str]:
    """`{a: b}` becomes `[option, "a=b"]`."""
    return [word for key, value in pairs.items() for word in (option, f"{key}={value}")]


def service_image_first(text: str, reasons: list[dict[str, str]]) -> dict[str, str]:
    """The first reason whose `pattern` is found in ``text``, or an empty one."""
    return next((reason for reason in reasons if re.search(reason["pattern"], text)), {})


class FilterModule:
    """Ansible's way to find filters."""

    def filters(self) -> dict[str, object]:
        """Those of this file."""
        return {
            "service_image_compare": service_image_compare,
            "service_image_first": service_image_first,
            "service_image_options": service_image_options,
        }
