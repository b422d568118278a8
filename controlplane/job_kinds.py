"""The kinds of jobs that there are."""

from controlplane import cluster, deployments, publishing
from controlplane.errors import BadInput
from controlplane.jobs import Kind

_ALL: tuple[Kind, ...] = (cluster.HOST, deployments.PLAN, deployments.APPLY, publishing.PUBLISH)
KINDS = {kind.name: kind for kind in _ALL}


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises ``BadInput``."""
    if name not in KINDS:
        raise BadInput(f"There is no job {name!r}; there are: {', '.join(sorted(KINDS))}.")
    return KINDS[name]
