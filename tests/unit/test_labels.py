"""The contract for services, as images written for it use it."""

import pytest

from controlplane.errors import LabelError
from controlplane.labels import metadata_of
from tests.support.fakes import image


def test_metadata_is_read_from_the_labels() -> None:
    metadata = metadata_of(image().labels)
    assert (metadata["key"], metadata["version"], metadata["type"]) == ("simcore/services/dynamic/echo", "1.0.0", "dynamic")


@pytest.mark.parametrize(
    ("label", "text", "complaint"),
    [
        ("io.simcore.key", '{"key": "jupyter"}', "must look like"),
        ("io.simcore.version", '{"version": "latest"}', "semantic version"),
        ("io.simcore.type", '{"type": "toaster"}', "computational or dynamic"),
        ("io.simcore.name", "{name}", "not JSON"),
        ("io.simcore.name", '["name"]', "must be"),
        ("io.simcore.inputs", '{"inputs": {"a": {"type": "float"}}}', "needs a type"),
        ("io.simcore.contact", "", "no label io.simcore.contact"),
    ],
)
def test_a_broken_label_is_named(label: str, text: str, complaint: str) -> None:
    with pytest.raises(LabelError, match=complaint):
        metadata_of(image(**{label: text}).labels)
