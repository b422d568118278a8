"""The catalogue: what is asked of the registry, what is listed, and what is broken."""

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from controlplane import catalogue
from controlplane.clock import now
from controlplane.database import Database
from controlplane.errors import RegistryUnreadable, ServiceNotFound
from controlplane.metadata import check_storable, judged
from controlplane.model import Service
from controlplane.sweep import Sweep
from tests.support.deployment import until
from tests.support.fakes import FakeRegistry, image

ECHO = "simcore/services/dynamic/echo"


@pytest.fixture
def registry() -> FakeRegistry:
    """Two repositories with two tags each."""
    keys = (ECHO, "simcore/services/dynamic/other")
    return FakeRegistry([image(key, version) for key in keys for version in ("1.0.0", "2.0.0")])


def versions(database: Database, key: str = ECHO) -> list[str]:
    """What is listed of a service."""
    with database.begin() as session:
        return [row.version for row in catalogue.list_services(session) if row.key == key]


def version_of(database: Database) -> str:
    """The catalogue's version."""
    with database.begin() as session:
        return catalogue.version(session)


def reasons(database: Database) -> dict[str, str]:
    """What is broken, by tag."""
    with database.begin() as session:
        return {row.version: str(row.broken) for row in catalogue.list_broken(session)}


def test_labels_are_read_once_for_each_digest_also_by_the_next_director(database: Database, registry: FakeRegistry) -> None:
    catalogue.refresh(database, registry)
    assert sum(question.startswith("labels") for question in registry.asked) == 4
    registry.asked.clear()
    registry.found.append(replace(registry.found[0], tag="1.0.1", image=f"{registry.found[0].image}-1"))
    catalogue.refresh(database, registry)
    assert not any(question.startswith("labels") for question in registry.asked)
    assert list(reasons(database)) == ["1.0.1"], "its labels name another version"


def test_a_notice_of_one_tag_asks_for_this_tag_alone(database: Database, registry: FakeRegistry) -> None:
    catalogue.refresh(database, registry)
    registry.asked.clear()
    registry.found.append(image(ECHO, "3.0.0"))
    sweep = Sweep(database, registry)
    sweep.tell(ECHO, "3.0.0")
    sweep.hear()
    assert registry.asked == [f"tags {ECHO}", f"digest {ECHO}:3.0.0", f"labels {registry.found[-1].digest}"]
    assert versions(database) == ["3.0.0", "2.0.0", "1.0.0"]


def test_a_round_asks_for_every_list_once_and_for_every_tag_within_five_rounds(
    database: Database, registry: FakeRegistry
) -> None:
    catalogue.refresh(database, registry)
    sweep = Sweep(database, registry, 0.02)
    registry.asked.clear()
    for _ in range(5):
        sweep.round()
    asked = [question for question in registry.asked if question.startswith("digest")]
    assert len(asked) == len(set(asked)) == 4
    assert sum(question.startswith("tags") for question in registry.asked) == 10


def test_a_round_finds_new_moved_and_deleted_tags_that_nobody_told_of(database: Database, registry: FakeRegistry) -> None:
    catalogue.refresh(database, registry)
    moved = image(ECHO, "2.0.0", **{"io.simcore.name": '{"name": "Moved"}'})
    registry.found = [moved, image(ECHO, "3.0.0"), *registry.found[2:]]
    sweep = Sweep(database, registry, 0.02)
    for _ in range(5):
        sweep.round()
    assert set(versions(database)) == {"3.0.0", "2.0.0"}
    with database.begin() as session:
        assert catalogue.find(session, ECHO, "2.0.0").metadata_["name"] == "Moved"


def test_a_repository_that_is_gone_disappears(database: Database, registry: FakeRegistry) -> None:
    catalogue.refresh(database, registry)
    registry.found = registry.found[:2]
    Sweep(database, registry, 0.02).round()
    assert versions(database, "simcore/services/dynamic/other") == []
    assert versions(database) == ["2.0.0", "1.0.0"]


def test_a_registry_that_cannot_be_read_changes_nothing(database: Database, registry: FakeRegistry) -> None:
    catalogue.refresh(database, registry)
    before, registry.is_away = version_of(database), True
    sweep = Sweep(database, registry)
    sweep.tell(ECHO, "1.0.0")
    for act in (sweep.round, sweep.hear):
        with pytest.raises(RegistryUnreadable):
            act()
    assert version_of(database) == before
    registry.is_away, registry.found = False, registry.found[1:]
    sweep.hear()
    assert versions(database) == ["2.0.0"], "what was told of is not forgotten"


def test_a_new_version_appears_without_a_restart_as_soon_as_it_is_told_of(database: Database, registry: FakeRegistry) -> None:
    sweep = Sweep(database, registry, 3600)
    thread = threading.Thread(target=sweep.run)
    thread.start()
    try:
        until(lambda: versions(database) == ["2.0.0", "1.0.0"], 20)
        registry.found.append(image(ECHO, "10.0.0"))
        sweep.tell(ECHO, "10.0.0")
        until(lambda: versions(database) == ["10.0.0", "2.0.0", "1.0.0"], 20)
    finally:
        sweep.stop()
        thread.join()


def test_the_catalogues_version_changes_with_the_list_and_only_then(database: Database, registry: FakeRegistry) -> None:
    seen = [version_of(database)]
    for found in (registry.found, registry.found[:3], registry.found[1:3], [registry.found[1], image(ECHO, "9.0.0")]):
        registry.found = found
        catalogue.refresh(database, registry)
        seen.append(version_of(database))
        catalogue.refresh(database, registry)
        assert version_of(database) == seen[-1]
    assert len(set(seen)) == len(seen)


def test_another_version_is_never_given_in_place_of_the_one_asked_for(database: Database, registry: FakeRegistry) -> None:
    catalogue.refresh(database, registry)
    with database.begin() as session:
        assert catalogue.newest(session, ECHO).version == "2.0.0"
        for key, version in ((ECHO, "3.0.0"), (ECHO, ""), (ECHO, "latest"), ("simcore/services/dynamic/none", "1.0.0")):
            with pytest.raises(ServiceNotFound):
                catalogue.find(session, key, version)


def test_what_the_labels_mean_is_judged_again_when_a_director_starts(database: Database, registry: FakeRegistry) -> None:
    catalogue.refresh(database, registry)
    with database.begin() as session:
        session.get_one(Service, (ECHO, "1.0.0")).broken = "An older release did not understand it."
    before = version_of(database)
    catalogue.judge_again(database)
    assert versions(database) == ["2.0.0", "1.0.0"]
    assert version_of(database) != before
    before = version_of(database)
    catalogue.judge_again(database)
    assert version_of(database) == before


def test_an_image_that_cannot_be_read_is_broken_with_its_reason_and_read_again_later(database: Database) -> None:
    registry = FakeRegistry([replace(image(), problem="A part of the image is missing in the registry; push it again.")])
    catalogue.refresh(database, registry)
    assert "missing in the registry" in reasons(database)["1.0.0"]
    registry.found = [replace(registry.found[0], problem=None)]
    catalogue.refresh(database, registry)
    assert versions(database) == ["1.0.0"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [('"2026-12-31"', "2026-12-31T00:00:00+00:00"), ('"2026-12-31T12:00:00+02:00"', "2026-12-31T10:00:00+00:00"), ("", None)],
)
def test_deprecation_is_a_date_in_json(database: Database, text: str, moment: str | None) -> None:
    verdict = judged(image(**{"werkbank.deprecated": text}))
    assert verdict.broken is None
    assert (verdict.deprecated_at and verdict.deprecated_at.isoformat()) == moment


def test_a_service_whose_day_has_come_can_still_be_found(database: Database) -> None:
    catalogue.refresh(database, FakeRegistry([image(**{"werkbank.deprecated": f'"{now().date()}"'})]))
    with database.begin() as session:
        assert catalogue.is_deprecated(catalogue.find(session, ECHO, "1.0.0"))


BROKEN = {
    "not JSON": {"io.simcore.name": "JupyterLab"},
    "no object": {"io.simcore.name": '"JupyterLab"'},
    "a name that is a number": {"io.simcore.name": '{"name": 5}'},
    "an empty name": {"io.simcore.name": '{"name": ""}'},
    "no name": {"io.simcore.name": ""},
    "a version that is none": {"io.simcore.version": '{"version": "latest"}'},
    "a version that is a list": {"io.simcore.version": '{"version": ["1.0.0"]}'},
    "another key": {"io.simcore.key": '{"key": "simcore/services/dynamic/else"}'},
    "a key that is none": {"io.simcore.key": '{"key": "echo"}'},
    "a type that is none": {"io.simcore.type": '{"type": {"a": 1}}'},
    "authors that are none": {"io.simcore.authors": '{"authors": "me"}'},
    "inputs that are a list": {"io.simcore.inputs": '{"inputs": []}'},
    "a port without a type": {"io.simcore.inputs": '{"inputs": {"a": {}}}'},
    "nesting without an end": {"io.simcore.inputs": '{"inputs": ' + "[" * 50_000},
    "infinity": {"io.simcore.inputs": '{"inputs": {"a": {"type": "number", "defaultValue": 1e999}}}'},
    "not a number": {"io.simcore.description": '{"description": "x", "more": NaN}'},
    "a NUL character": {"io.simcore.description": '{"description": "\\u0000"}'},
    "half a character": {"io.simcore.contact": '{"contact": "\\ud800"}'},
    "settings that are none": {"simcore.service.settings": '{"ports": 1}'},
    "a setting without a name": {"simcore.service.settings": '[{"name": 5, "value": 1}]'},
    "no port": {"simcore.service.settings": "[]"},
    "a port that is none": {"simcore.service.settings": '[{"name": "ports", "value": 99999}]'},
    "paths that are a number": {"simcore.service.paths-mapping": "5"},
    "a deprecation that is no date": {"werkbank.deprecated": '"soon"'},
    "a deprecation that is no JSON": {"werkbank.deprecated": "2026-12-31"},
    "a deprecation before time": {"werkbank.deprecated": '"0001-01-01T00:00:00+23:00"'},
}


@pytest.mark.parametrize("labels", BROKEN.values(), ids=BROKEN)
def test_broken_labels_are_shown_with_a_reason_and_never_break_the_list(database: Database, labels: dict[str, str]) -> None:
    catalogue.refresh(database, FakeRegistry([image(version="1.0.0", **labels), image(version="2.0.0")]))
    assert versions(database) == ["2.0.0"]
    assert reasons(database)["1.0.0"].strip()


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from([*image().labels, "simcore.service.dependencies", "werkbank.deprecated", "io.simcore.thumbnail"])


@given(
    st.dictionaries(
        _NAMES,
        st.text()
        | _ANYTHING.map(json.dumps)
        | st.tuples(st.sampled_from(["name", "key", "version", "inputs", "authors"]), _ANYTHING).map(
            lambda pair: json.dumps(dict([pair]))
        ),
        max_size=4,
    )
)
@bounds(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_in_the_labels_the_judgement_is_a_listable_service_or_a_reason(labels: dict[str, str]) -> None:
    verdict = judged(image(**labels))
    if verdict.broken is None:
        metadata: dict[str, Any] = verdict.metadata
        assert all(isinstance(metadata[name], str) for name in ("name", "description", "contact", "type"))
        check_storable(metadata)
        json.dumps(metadata, allow_nan=False)
    else:
        assert "\0" not in verdict.broken
        verdict.broken.encode()
        assert verdict.metadata == {}
