"""Reads the images of services from the registry (Docker Registry HTTP API V2, OCI distribution)."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from controlplane.adapters.tasks import moment
from controlplane.errors import LabelError, RegistryUnreadable
from controlplane.ports import StoredImage
from controlplane.settings import Settings

_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_NEXT = re.compile(r"<([^>]+)>;\s*rel=\"?next")
_REPOSITORY = re.compile(r"simcore/services/[^\s]{1,230}")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_CONNECTIONS = 4
# An index may hold indexes, but not without an end; a configuration larger than this is no image's.
_DEEPEST = 3
_LARGEST = 8 * 1024 * 1024


class HttpRegistry:
    """The deployment's registry, over a few connections that stay open; several threads may ask at once."""

    def __init__(self, settings: Settings, adapter: HTTPAdapter | None = None):
        self._url, self._address = settings.registry_url.rstrip("/"), settings.registry
        self._auth = HTTPBasicAuth(settings.registry_user, settings.registry_password.get_secret_value())
        self._ca = str(settings.registry_ca_file)
        # What a digest stands for never changes.
        self._weights: dict[tuple[str, str], tuple[dict[str, int], tuple[str, ...]]] = {}
        self._session = requests.Session()
        self._made: dict[str, datetime | None] = {}  # of each digest, which never changes
        self._session.trust_env = False
        self._session.mount(self._url, adapter or HTTPAdapter(pool_maxsize=_CONNECTIONS))

    def repositories(self) -> list[str]:
        """See ``ports.Registry.repositories``."""
        return [name for name in self._pages("/v2/_catalog?n=1000", "repositories") if _REPOSITORY.fullmatch(name)]

    def tags(self, repository: str) -> list[str]:
        """See ``ports.Registry.tags``."""
        return [tag for tag in self._pages(f"/v2/{repository}/tags/list?n=1000", "tags") if _TAG.fullmatch(tag)]

    def has_repository(self, image: str) -> bool | None:
        """Whether it has any version of the image with this reference. None: not its image, or it does not answer."""
        address, _, rest = image.partition("/")
        if address != self._address:
            return None
        try:
            return bool(self.tags(rest.partition("@")[0].partition(":")[0]))
        except RegistryUnreadable:
            return None

    def digest(self, repository: str, tag: str) -> str | None:
        """See ``ports.Registry.digest``."""
        path = f"/v2/{repository}/manifests/{tag}"
        answer = self._get(path, _MANIFESTS + _INDEXES, "HEAD")
        if answer is not None and "Docker-Content-Digest" not in answer.headers:  # not every registry tells
            answer = self._get(path, _MANIFESTS + _INDEXES)
        if answer is None:
            return None
        return answer.headers.get("Docker-Content-Digest") or f"sha256:{hashlib.sha256(answer.content).hexdigest()}"

    def labels(self, repository: str, digest: str) -> dict[str, str]:
        """See ``ports.Registry.labels``. Manifest or index → `config.digest` → `config.Labels`."""
        with _understanding():
            config = self._manifest(repository, digest)["config"]
            if int(config.get("size") or 0) > _LARGEST:
                raise LabelError("The image's configuration is too large to be one; its labels were not read.")
            labels = (self._json(f"/v2/{repository}/blobs/{config['digest']}").get("config") or {}).get("Labels") or {}
            if not all(isinstance(value, str) for value in labels.values()):
                raise LabelError("The image's labels are not texts.")
            return dict(labels)

    def made_at(self, repository: str, digest: str) -> datetime | None:
        """See ``ports.Registry.made_at``."""
        if digest not in self._made:
            try:
                with _understanding():
                    config = self._manifest(repository, digest)["config"]["digest"]
                    self._made[digest] = moment(self._json(f"/v2/{repository}/blobs/{config}")["created"])
            except LabelError:
                self._made[digest] = None
        return self._made[digest]

    def reference(self, repository: str, tag: str, digest: str) -> str:
        """See ``ports.Registry.reference``."""
        return f"{self._address}/{repository}:{tag}@{digest}"

    def stored(self) -> list[StoredImage]:
        """See ``ports.Registry.stored``."""
        names = self._pages("/v2/_catalog?n=1000", "repositories")
        found = [image for name in names for image in self._stored(name)]
        known = {(image.repository, image.digest) for image in found}
        self._weights = {key: weight for key, weight in self._weights.items() if key in known}
        return found

    def _stored(self, repository: str) -> list[StoredImage]:
        tags: dict[str, list[str]] = {}
        for tag in self._pages(f"/v2/{repository}/tags/list?n=1000", "tags"):
            if digest := self.digest(repository, tag):
                tags.setdefault(digest, []).append(tag)
        return [self._weighed(repository, digest, tuple(sorted(names))) for digest, names in tags.items()]

    def _weighed(self, repository: str, digest: str, tags: tuple[str, ...]) -> StoredImage:
        try:
            if (repository, digest) not in self._weights:
                self._weights[repository, digest] = self._weight(repository, digest)
        except LabelError as error:
            return StoredImage(repository, tags, digest, problem=str(error))
        return StoredImage(repository, tags, digest, *self._weights[repository, digest])

    def _weight(self, repository: str, digest: str, depth: int = 0) -> tuple[dict[str, int], tuple[str, ...]]:
        """The blobs of a manifest with their bytes, and the manifests within. Raises ``LabelError``."""
        answer = self._get(f"/v2/{repository}/manifests/{digest}", _MANIFESTS + _INDEXES)
        if answer is None or depth > _DEEPEST:
            raise LabelError("A part of the image is missing in the registry, or it holds indexes without an end.")
        with _understanding():
            manifest = answer.json()
            within = [part["digest"] for part in manifest.get("manifests", ())]
            pieces = [] if "manifests" in manifest else [manifest["config"], *manifest["layers"]]
            blobs = {digest: len(answer.content)} | {piece["digest"]: int(piece["size"]) for piece in pieces}
        for part in within:
            inner, deeper = self._weight(repository, part, depth + 1)
            blobs, within = blobs | inner, [*within, *deeper]
        return blobs, tuple(within)

    def _manifest(self, repository: str, digest: str) -> Any:
        """The manifest of an image; of an index the first that is one (attestations are for an unknown platform)."""
        for _ in range(_DEEPEST):
            manifest = self._json(f"/v2/{repository}/manifests/{digest}", _MANIFESTS + _INDEXES)
            if manifest.get("schemaVersion") == 1:
                raise LabelError("The image's manifest is of the old schema 1; push it again with a newer client.")
            if "manifests" not in manifest:
                return manifest
            parts = [part for part in manifest["manifests"] if (part.get("platform") or {}).get("os") != "unknown"]
            if not parts:
                break
            digest = parts[0]["digest"]
        raise LabelError("The image's index names no image.")

    def _json(self, path: str, accept: tuple[str, ...] = ()) -> Any:
        answer = self._get(path, accept)
        if answer is None:
            raise LabelError("A part of the image is missing in the registry; push it again.")
        return answer.json()

    def _pages(self, path: str, name: str) -> Iterator[str]:
        following: str | None = path
        seen = set()
        while following and following not in seen:
            seen.add(following)
            answer = self._get(following)
            if answer is None:  # a repository whose last tag was deleted
                return
            try:
                yield from (item for item in answer.json()[name] or () if isinstance(item, str))
            except (ValueError, KeyError, TypeError) as error:
                raise _unreadable(f"its list of {name} is none") from error
            link = _NEXT.search(answer.headers.get("Link", ""))
            following = _path(link[1]) if link else None

    def _get(self, path: str, accept: tuple[str, ...] = (), method: str = "GET") -> requests.Response | None:
        """The answer; None for 404. Raises ``RegistryUnreadable`` for every other failure."""
        headers = {"Accept": ", ".join(accept)} if accept else {}
        try:
            # `verify` on each request: REQUESTS_CA_BUNDLE in the environment would override a session's.
            answer = self._session.request(
                method, f"{self._url}{path}", auth=self._auth, verify=self._ca, headers=headers, timeout=(3, 10)
            )
            if answer.status_code == 404:
                return None
            answer.raise_for_status()
        except (requests.RequestException, ValueError) as error:
            raise _unreadable(error) from error
        return answer


def _unreadable(error: object) -> RegistryUnreadable:
    return RegistryUnreadable(f"The registry did not answer as one ({error}); the catalogue shows what was known before.")


def _path(link: str) -> str:
    """A link's path and query: the host is the one that was asked, whatever name the registry has for itself."""
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


@contextmanager
def _understanding() -> Iterator[None]:
    """What is not shaped like an image is that image's problem, not the registry's."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        kind = type(error).__name__
        raise LabelError(f"The image's manifest or configuration is not that of an image ({kind}: {error}).") from error
