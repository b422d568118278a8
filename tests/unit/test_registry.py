"""The registry's adapter, against a registry of dictionaries behind its HTTP session."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter

from controlplane.adapters.registry import HttpRegistry
from controlplane.errors import LabelError, RegistryUnreadable
from controlplane.settings import Settings

REPOSITORY = "simcore/services/dynamic/echo"
INDEX = "application/vnd.oci.image.index.v1+json"
LABELS = {"io.simcore.key": "{}"}


class Shelf(BaseAdapter):
    """A registry: what it answers to each path, and what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, tuple[int, Any, dict[str, str]]] = {}
        self.asked: list[str] = []

    def put(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """From now on this is the answer."""
        self.answers[path] = (status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """One request."""
        parts = urlsplit(str(request.url))
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.asked.append(f"{request.method} {path}")
        status, body, headers = self.answers.get(path, (404, {"errors": []}, {}))
        if isinstance(body, Exception):
            raise body
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = status, request, str(request.url)
        answer.headers.update(headers)
        answer._content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def shelf() -> Shelf:
    """An empty registry with one image of schema 2."""
    shelf = Shelf()
    shelf.put(f"/v2/{REPOSITORY}/manifests/1.0.0", b"", Docker_Content_Digest="sha256:m")
    shelf.put(f"/v2/{REPOSITORY}/manifests/sha256:m", {"schemaVersion": 2, "config": {"digest": "sha256:c", "size": 9}})
    shelf.put(f"/v2/{REPOSITORY}/blobs/sha256:c", {"config": {"Labels": LABELS}})
    return shelf


@pytest.fixture
def registry(shelf: Shelf) -> HttpRegistry:
    """The adapter."""
    return HttpRegistry(Settings(), shelf)  # type: ignore[arg-type]


def test_labels_come_from_the_configuration_of_a_schema_2_image(registry: HttpRegistry, shelf: Shelf) -> None:
    assert registry.digest(REPOSITORY, "1.0.0") == "sha256:m"
    assert shelf.asked == [f"HEAD /v2/{REPOSITORY}/manifests/1.0.0"]
    assert registry.labels(REPOSITORY, "sha256:m") == LABELS
    assert registry.reference(REPOSITORY, "1.0.0", "sha256:m") == f"127.0.0.1:9082/{REPOSITORY}:1.0.0@sha256:m"


def test_of_an_oci_index_the_image_is_read_and_not_its_attestation(registry: HttpRegistry, shelf: Shelf) -> None:
    attestation = {"digest": "sha256:a", "platform": {"os": "unknown", "architecture": "unknown"}}
    image = {"digest": "sha256:m", "platform": {"os": "linux", "architecture": "amd64"}}
    shelf.put(f"/v2/{REPOSITORY}/manifests/sha256:i", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [attestation, image]})
    assert registry.labels(REPOSITORY, "sha256:i") == LABELS


def test_a_registry_that_names_no_digest_is_asked_for_the_manifest(registry: HttpRegistry, shelf: Shelf) -> None:
    shelf.put(f"/v2/{REPOSITORY}/manifests/1.0.0", b"manifest")
    assert registry.digest(REPOSITORY, "1.0.0") == f"sha256:{hashlib.sha256(b'manifest').hexdigest()}"


def test_lists_are_read_to_their_last_page_whatever_name_the_registry_has_for_itself(
    registry: HttpRegistry, shelf: Shelf
) -> None:
    link = '<https://elsewhere:5000/v2/_catalog?last=b&n=1000>; rel="next"'
    shelf.put("/v2/_catalog?n=1000", {"repositories": [REPOSITORY, "werkbank/web"]}, Link=link)
    shelf.put("/v2/_catalog?last=b&n=1000", {"repositories": ["simcore/services/comp/solver", 5]})
    assert registry.repositories() == [REPOSITORY, "simcore/services/comp/solver"]


def test_a_list_whose_pages_go_round_in_a_circle_ends(registry: HttpRegistry, shelf: Shelf) -> None:
    shelf.put("/v2/_catalog?n=1000", {"repositories": [REPOSITORY]}, Link='</v2/_catalog?n=1000>; rel="next"')
    assert registry.repositories() == [REPOSITORY]


@pytest.mark.parametrize("body", [{"name": REPOSITORY, "tags": None}, {"name": REPOSITORY, "tags": []}])
def test_a_repository_whose_images_were_deleted_has_no_tags(registry: HttpRegistry, shelf: Shelf, body: Any) -> None:
    shelf.put(f"/v2/{REPOSITORY}/tags/list?n=1000", body)
    assert registry.tags(REPOSITORY) == []


def test_a_repository_and_a_tag_that_are_not_there_are_no_errors(registry: HttpRegistry) -> None:
    assert registry.tags("simcore/services/dynamic/none") == []
    assert registry.digest(REPOSITORY, "9.9.9") is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {}), (401, {}), (200, b"<html>"), (200, []), (200, {}), (200, {"tags": 5}), (200, requests.ConnectionError("away"))],
)
def test_what_is_no_list_is_an_unreadable_registry_and_not_an_empty_one(
    registry: HttpRegistry, shelf: Shelf, status: int, body: Any
) -> None:
    shelf.put(f"/v2/{REPOSITORY}/tags/list?n=1000", body, status)
    with pytest.raises(RegistryUnreadable):
        registry.tags(REPOSITORY)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (b"{not json", "not that of an image"),
        ([], "not that of an image"),
        ({"schemaVersion": 1, "fsLayers": []}, "schema 1"),
        ({"schemaVersion": 2, "manifests": []}, "names no image"),
        ({"schemaVersion": 2, "manifests": [{"digest": "sha256:x"}]}, "missing in the registry"),
        ({"schemaVersion": 2, "manifests": "none"}, "not that of an image"),
        ({"schemaVersion": 2}, "not that of an image"),
        ({"schemaVersion": 2, "config": {"digest": "sha256:gone"}}, "missing in the registry"),
        ({"schemaVersion": 2, "config": {"digest": "sha256:c", "size": 10**9}}, "too large"),
        ({"schemaVersion": 2, "config": {"digest": "sha256:c", "size": "big"}}, "not that of an image"),
        (b"[" * 100_000, "not that of an image"),
    ],
)
def test_an_image_that_is_none_has_a_reason_and_the_registry_stays_readable(
    registry: HttpRegistry, shelf: Shelf, manifest: Any, words: str
) -> None:
    shelf.put(f"/v2/{REPOSITORY}/manifests/sha256:m", manifest)
    with pytest.raises(LabelError, match=words):
        registry.labels(REPOSITORY, "sha256:m")


@pytest.mark.parametrize("config", [{}, {"config": None}, {"config": {"Labels": None}}])
def test_an_image_without_labels_has_none(registry: HttpRegistry, shelf: Shelf, config: Any) -> None:
    shelf.put(f"/v2/{REPOSITORY}/blobs/sha256:c", config)
    assert registry.labels(REPOSITORY, "sha256:m") == {}


@pytest.mark.parametrize("config", [{"config": {"Labels": {"a": 5}}}, {"config": {"Labels": ["a"]}}, b"\xff", [1]])
def test_labels_that_are_no_texts_are_the_images_problem(registry: HttpRegistry, shelf: Shelf, config: Any) -> None:
    shelf.put(f"/v2/{REPOSITORY}/blobs/sha256:c", config)
    with pytest.raises(LabelError):
        registry.labels(REPOSITORY, "sha256:m")


def test_a_registry_that_goes_away_while_an_image_is_read_is_not_the_images_fault(registry: HttpRegistry, shelf: Shelf) -> None:
    shelf.put(f"/v2/{REPOSITORY}/blobs/sha256:c", requests.ReadTimeout("slow"))
    with pytest.raises(RegistryUnreadable):
        registry.labels(REPOSITORY, "sha256:m")


def test_everything_that_a_tag_stands_for_is_weighed_and_a_digest_only_once(registry: HttpRegistry, shelf: Shelf) -> None:
    other = "werkbank/web"
    part = {"schemaVersion": 2, "config": {"digest": "sha256:c", "size": 9}, "layers": [{"digest": "sha256:l", "size": 70}]}
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [{"digest": "sha256:p"}]}
    shelf.put("/v2/_catalog?n=1000", {"repositories": [REPOSITORY, other]})
    shelf.put(f"/v2/{REPOSITORY}/tags/list?n=1000", {"tags": ["1.0.0"]})
    shelf.put(f"/v2/{REPOSITORY}/manifests/sha256:m", part)
    shelf.put(f"/v2/{other}/tags/list?n=1000", {"tags": ["b", "a"]})
    for tag in ("a", "b"):
        shelf.put(f"/v2/{other}/manifests/{tag}", b"", Docker_Content_Digest="sha256:i")
    shelf.put(f"/v2/{other}/manifests/sha256:i", index)
    shelf.put(f"/v2/{other}/manifests/sha256:p", part)
    first, second = registry.stored()
    assert (first.repository, first.tags, first.digest) == (REPOSITORY, ("1.0.0",), "sha256:m")
    assert first.blobs == {"sha256:m": len(json.dumps(part)), "sha256:c": 9, "sha256:l": 70}
    assert (second.tags, second.parts) == (("a", "b"), ("sha256:p",))
    assert second.blobs.keys() == {"sha256:i", "sha256:p", "sha256:c", "sha256:l"}
    registry.stored()
    assert shelf.asked.count(f"GET /v2/{other}/manifests/sha256:i") == 1


def test_an_image_that_cannot_be_weighed_says_why(registry: HttpRegistry, shelf: Shelf) -> None:
    shelf.put("/v2/_catalog?n=1000", {"repositories": [REPOSITORY]})
    shelf.put(f"/v2/{REPOSITORY}/tags/list?n=1000", {"tags": ["1.0.0"]})
    shelf.put(f"/v2/{REPOSITORY}/manifests/sha256:m", {"schemaVersion": 1})
    [found] = registry.stored()
    assert found.problem
    assert found.blobs == {}
