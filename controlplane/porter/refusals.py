"""What a porter's refusals mean, in sentences."""

from controlplane.errors import (
    ControlPlaneError,
    DiskFull,
    FileExists,
    FileNotThere,
    FileRefused,
    FilesUnreachable,
)

_SAID: dict[str, tuple[type[ControlPlaneError], str]] = {
    "missing": (FileNotThere, ""),
    "no-volume": (FileNotThere, "This node keeps no folder {about!r}; nothing was changed."),
    "exists": (FileExists, ""),
    "not-folder": (FileRefused, "A name of this path is no folder; nothing was changed."),
    "is-folder": (FileRefused, "This is a folder, not a file; nothing was changed. A folder is downloaded as an archive."),
    "no-file": (FileRefused, "This is a pipe, a socket or a device, not a file; it cannot be downloaded."),
    "is-top": (FileRefused, "This is the top folder, which the service needs; nothing was changed."),
    "leads-out": (FileRefused, "A link of this path leads out of this folder, or in a circle; nothing was changed."),
    "bad-path": (FileRefused, "A path is names with / between them, none of them empty, . or ..; nothing was changed."),
    "bad-name": (FileRefused, "A name has 1 to 255 bytes and no control characters such as line ends; nothing was changed."),
    "into-itself": (FileRefused, "A folder cannot be moved into itself; nothing was changed."),
    "too-deep": (FileRefused, "This is nested deeper than 400 folders; look at it in the node itself."),
    "full": (DiskFull, ""),
    "read-only": (FileRefused, "This folder can only be read; nothing was changed."),
    "denied": (FileRefused, "The host does not permit this; nothing was changed."),
    "changed": (FileRefused, "The file became shorter while it was read. Download it again once the node has written it."),
}  # fmt: skip
# After one of these the porter is as before, and takes the next order.
REFUSALS = (FileNotThere, FileExists, FileRefused, DiskFull)


def error_of(code: str, about: str) -> ControlPlaneError:
    """The error that a porter's word stands for."""
    kind, sentence = _SAID.get(code, (FilesUnreachable, ""))
    return kind(sentence.format(about=about) or None)
