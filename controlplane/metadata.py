"""What the catalogue makes of an image's labels: metadata that is fit to show, or the reason why it is broken."""

import json
import logging
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from controlplane import leases, slots
from controlplane.compose import members_of
from controlplane.errors import LabelError
from controlplane.labels import KEY, metadata_of
from controlplane.ports import FoundImage
from controlplane.runtime import runtime_of

log = logging.getLogger(__name__)
DEPRECATED = "werkbank.deprecated"
_TEXTS = ("key", "version", "type", "name", "description", "contact")
_LONGEST_VERSION, _LONGEST_NAME, _LONGEST_REASON, _DEEPEST = 100, 200, 500, 50
_ANY_NODE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Judgement:
    """``broken`` is None for a service that can be offered."""

    metadata: dict[str, Any] = field(default_factory=dict)
    deprecated_at: datetime | None = None
    broken: str | None = None


def judged(image: FoundImage) -> Judgement:
    """The judgement on an image; never an error, whatever somebody wrote into its labels."""
    if image.problem:
        return Judgement(broken=printable(image.problem))
    try:
        metadata = _metadata(image)
        if metadata["type"] == "dynamic":
            runtime_of(image.labels, _ANY_NODE)
            leases.label_of(image.labels)
            slots.most_of(image.labels)
            members_of(image.labels, image.repository, image.tag, image.image.partition("/simcore/")[0])
        return Judgement(metadata, deprecated_at(image.labels))
    except LabelError as error:
        return Judgement(broken=printable(str(error)))
    except Exception as error:  # labels are other people's words: none of them may stop the catalogue
        log.info("Catalogue: %s:%s cannot be understood.", image.repository, image.tag, exc_info=True)
        return Judgement(broken=printable(f"The labels cannot be understood ({type(error).__name__}: {error})."))


def _metadata(image: FoundImage) -> dict[str, Any]:
    metadata = metadata_of(image.labels)
    if wrong := [name for name in _TEXTS if not isinstance(metadata[name], str)]:
        raise LabelError(f"The label io.simcore.{wrong[0]} must hold a text.")
    if (metadata["key"], metadata["version"]) != (image.repository, image.tag):
        raise LabelError(f"The labels name {metadata['key']}:{metadata['version']}, the registry {image.repository}:{image.tag}.")
    if not KEY.fullmatch(metadata["key"]) or len(metadata["version"]) > _LONGEST_VERSION:
        raise LabelError(f"The version must have at most {_LONGEST_VERSION} characters, and the key no line break.")
    if not 0 < len(metadata["name"]) <= _LONGEST_NAME:
        raise LabelError(f"The name must have 1 to {_LONGEST_NAME} characters.")
    if not isinstance(metadata.get("thumbnail", ""), str):
        raise LabelError("The label io.simcore.thumbnail must hold a text.")
    if not _are_authors(metadata["authors"]):
        raise LabelError("The label io.simcore.authors must hold a list of {name, email, affiliation}.")
    check_storable(metadata)
    return metadata


def _are_authors(value: Any) -> bool:
    names = ("name", "email", "affiliation")
    return isinstance(value, list) and all(
        isinstance(author, dict)
        and isinstance(author.get("name"), str)
        and all(author.get(name) is None or isinstance(author[name], str) for name in names)
        for author in value
    )


def check_storable(value: Any, depth: int = 0) -> None:
    """Raises ``LabelError`` for what JSON of other programs has no word for, or no text can hold."""
    if depth > _DEEPEST:
        raise LabelError(f"The labels are nested deeper than {_DEEPEST} levels.")
    match value:
        case float() if not math.isfinite(value):
            raise LabelError("The labels hold a number that is none (infinite, or not a number).")
        case str() if printable(value, len(value)) != value:
            raise LabelError("The labels hold a text with a NUL character, or with half a character.")
        case list():
            for item in value:
                check_storable(item, depth + 1)
        case dict():
            for name, item in value.items():
                check_storable(name, depth)
                check_storable(item, depth + 1)


def deprecated_at(labels: dict[str, str]) -> datetime | None:
    """From when on nobody should start it any more; a date means its first moment in UTC. Raises ``LabelError``."""
    if not (text := labels.get(DEPRECATED)):
        return None
    try:
        moment = datetime.fromisoformat(json.loads(text))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise LabelError(f'The label {DEPRECATED} must be JSON text of an ISO date, such as "2026-12-31".') from error


def printable(text: str, most: int = _LONGEST_REASON) -> str:
    """The text as a database can keep it."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:most]
