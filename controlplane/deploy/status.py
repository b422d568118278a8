"""Shows a deployment as its swarm sees it: parts, nodes, and whether the workbench answers."""

import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException

from controlplane.deploy.address import address, ends, here, unchecked
from controlplane.deploy.environment import read


def rows(services: Iterable[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Name, running/desired and image of each service."""
    found = []
    for service in services:
        status = service.get("ServiceStatus") or {}
        image = service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"].split("@")[0]
        count = f"{status.get('RunningTasks', 0)}/{status.get('DesiredTasks', 0)}"
        found.append((service["Spec"]["Name"], count, image))
    return sorted(found)


def main() -> None:
    """`python -m controlplane.deploy.status .env`."""
    file = Path(sys.argv[1])
    if not file.exists():
        sys.exit(f"There is no {file}, so nothing was set up from this checkout yet. Start with: make up")
    values = read(file)
    stack = values["WERKBANK_STACK"]
    try:
        client = docker.APIClient(version="auto", timeout=10)
        services = client.services(filters={"label": f"werkbank.stack={stack}"}, status=True)
    except DockerException as error:
        if "Permission denied" in str(error):
            sys.exit("This user may not ask the engine. Allow it sudo without a password, or put it into the group docker.")
        sys.exit(f"The engine does not answer as a swarm's manager ({error}). Data is kept; `make up` starts what is missing.")
    if not services:
        sys.exit(f'Nothing of the deployment "{stack}" runs. Data, if there is any, is kept. Start it with: make up')
    for name, count, image in rows(services):
        print(f"{name:45} {count:>5}  {image}")
    try:
        # `here` gives http or https, and no other scheme.
        with urllib.request.urlopen(f"{here(values)}/healthz", timeout=5, context=unchecked()) as answer:  # noqa: S310
            print(f"\n{address(values)} answers: {answer.status}")
        if values.get("WERKBANK_TLS_CERTIFICATE"):
            print(f"Its certificate is good until {ends(int(values['WERKBANK_PORT'])):%Y-%m-%d}.")
    except (urllib.error.URLError, OSError) as error:
        sys.exit(f"\n{address(values)} does not answer ({error}). Data is kept; `make logs` shows more.")


if __name__ == "__main__":
    main()
