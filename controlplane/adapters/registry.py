"""Reads the images of services from the registry (Docker Registry HTTP API V2, OCI distribution)."""

import re
from collections.abc import Iterator
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from controlplane.errors import RegistryUnreadable
from controlplane.ports import FoundImage
from controlplane.settings import Settings

_PREFIX = "simcore/services/"
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
_NEXT = re.compile(r"<([^>]+)>;\s*rel=\"?next")


class HttpRegistry:
    """The deployment's registry. Labels are kept by digest: what a digest says never changes."""

    def __init__(self, settings: Settings):
        self._url, self._address = settings.registry_url.rstrip("/"), settings.registry
        self._auth = HTTPBasicAuth(settings.registry_user, settings.registry_password.get_secret_value())
        self._ca = str(settings.registry_ca_file)
        self._session = requests.Session()
        self._labels: dict[str, dict[str, str]] = {}

    def images(self) -> list[FoundImage]:
        """See ``ports.Registry.images``."""
        try:
            repositories = [name for name in self._pages("/v2/_catalog?n=200", "repositories") if name.startswith(_PREFIX)]
            found = [
                self._image(name, tag) for name in repositories for tag in self._pages(f"/v2/{name}/tags/list?n=200", "tags")
            ]
        except (requests.RequestException, ValueError, KeyError) as error:
            raise RegistryUnreadable(
                f"The registry did not answer as one ({error}); the catalogue shows what was known before."
            ) from error
        return [image for image in found if image is not None]

    def has_repository(self, image: str) -> bool | None:
        """Whether it has any version of the image with this reference. None: not its image, or it does not answer."""
        address, _, rest = image.partition("/")
        if address != self._address:
            return None
        try:
            return any(self._pages(f"/v2/{rest.partition('@')[0].partition(':')[0]}/tags/list?n=1", "tags"))
        except (requests.RequestException, ValueError, KeyError):
            return None

    def _get(self, path: str, accept: tuple[str, ...] = (), method: str = "GET") -> requests.Response:
        headers = {"Accept": ", ".join(accept)} if accept else {}
        # `verify` on each request: REQUESTS_CA_BUNDLE in the environment would override a session's.
        return self._session.request(
            method, f"{self._url}{path}", auth=self._auth, verify=self._ca, headers=headers, timeout=(3, 10)
        )

    def _pages(self, path: str, name: str) -> Iterator[str]:
        following: str | None = path
        while following:
            answer = self._get(following)
            if answer.status_code == 404:  # a repository whose last tag was deleted
                return
            answer.raise_for_status()
            yield from answer.json()[name] or ()
            link = _NEXT.search(answer.headers.get("Link", ""))
            following = link[1].removeprefix(self._url) if link else None

    def _image(self, repository: str, tag: str) -> FoundImage | None:
        answer = self._get(f"/v2/{repository}/manifests/{tag}", _MANIFESTS + _INDEXES, "HEAD")
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        digest = answer.headers["Docker-Content-Digest"]
        if digest not in self._labels:
            self._labels[digest] = self._read_labels(repository, digest)
        return FoundImage(repository, tag, f"{self._address}/{repository}:{tag}@{digest}", digest, self._labels[digest])

    def _read_labels(self, repository: str, digest: str) -> dict[str, str]:
        """Manifest or index → `config.digest` → `config.Labels`."""
        manifest = self._json(f"/v2/{repository}/manifests/{digest}", _MANIFESTS + _INDEXES)
        if "manifests" in manifest:
            first = next(m for m in manifest["manifests"] if m.get("platform", {}).get("os") != "unknown")
            manifest = self._json(f"/v2/{repository}/manifests/{first['digest']}", _MANIFESTS)
        config = self._json(f"/v2/{repository}/blobs/{manifest['config']['digest']}")
        return config.get("config", {}).get("Labels") or {}

    def _json(self, path: str, accept: tuple[str, ...] = ()) -> Any:
        answer = self._get(path, accept)
        answer.raise_for_status()
        return answer.json()
