"""The contract for services, as images written for it use it."""

import json

import pytest

from controlplane.errors import LabelError
from controlplane.labels import metadata_of
from tests.support.fakes import image


def settings(*items: dict) -> dict[str, str]:
    """Labels with these settings beside the port."""
    return {"simcore.service.settings": json.dumps([{"name": "ports", "type": "int", "value": 8888}, *items])}


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


def test_settings_are_obeyed() -> None:
    runtime = runtime_of(
        settings(
            {"name": "env", "type": "string", "value": ["A=1", "NODE=%service_uuid%"]},
            {"name": "constraints", "type": "string", "value": ["node.role==manager"]},
            {"name": "Resources", "type": "Resources", "value": {"Limits": {"NanoCPUs": 5e8, "MemoryBytes": 1024}}},
        )
        | {"simcore.service.bootsettings": '[{"name": "entry_point", "type": "string", "value": "lab"}]'},
        "the-node",
    )
    assert runtime.env == {"A": "1", "NODE": "the-node"}
    assert runtime.constraints == ("node.role==manager",)
    assert (runtime.cpus, runtime.memory_bytes, runtime.entry_point, runtime.port) == (0.5, 1024, "lab", 8888)


@pytest.mark.parametrize(
    "item",
    [
        {"name": "mount", "type": "object", "value": [{"Type": "bind", "Source": "/", "Target": "/host"}]},
        {"name": "mount", "type": "object", "value": [{"ReadOnly": True, "Source": "/var/run/docker.sock", "Target": "/x"}]},
        {"name": "ContainerSpec", "type": "ContainerSpec", "value": {"Privileges": {"x": 1}, "Privileged": True}},
        {"name": "ContainerSpec", "type": "ContainerSpec", "value": {"CapabilityAdd": ["SYS_ADMIN"]}},
    ],
)
def test_what_breaks_out_of_the_container_is_refused(item: dict) -> None:
    with pytest.raises(LabelError, match="refuses"):
        runtime_of(settings(item), "the-node")


@pytest.mark.parametrize("value", [8888, "8888/tcp", [{"TargetPort": 8888, "PublishedPort": 8889}]])
def test_a_port_is_understood_in_each_generations_form(value: object) -> None:
    labels = {"simcore.service.settings": json.dumps([{"name": "ports", "type": "int", "value": value}])}
    assert runtime_of(labels, "x").port == 8888


def test_an_image_without_a_port_cannot_run() -> None:
    with pytest.raises(LabelError, match="no port"):
        runtime_of({}, "x")
