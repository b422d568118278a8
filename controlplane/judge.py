"""Says whether the catalogue would offer an image with these labels: for roles/service_publish, before it pushes one.

Reads {"repository", "tag", "labels"} as JSON from its input. Ends with 0, or with 3 and the reason as a sentence.
"""

import json
import sys

from controlplane.metadata import judged
from controlplane.ports import FoundImage

REFUSED = 3


def reason(text: str) -> str | None:
    """Why the image could not be offered, or None."""
    said = json.loads(text)
    repository, tag = str(said["repository"]), str(said["tag"])
    return judged(FoundImage(repository, tag, f"registry/{repository}:{tag}", "", dict(said["labels"]))).broken


def main() -> int:
    """The exit code."""
    why = reason(sys.stdin.read())
    if why is None:
        return 0
    print(why)
    return REFUSED


if __name__ == "__main__":
    raise SystemExit(main())
