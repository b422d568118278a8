"""Images on hosts, for administrators: which each host is to have ahead of need, and which it has."""

from typing import Any

from apiflask import APIBlueprint

from controlplane.ahead import pulls
from controlplane.ahead.model import HostImage
from webapp.envelope import ok
from webapp.host_images import schemas
from webapp.identity import admins_only
from webapp.transaction import db

bp = APIBlueprint("host_images", __name__, url_prefix="/api/v0", tag="Images on hosts")


@bp.get("/hosts/images")
@bp.output(schemas.HostImageOut(many=True))
@admins_only
def list_host_images() -> dict[str, Any]:
    """The images that each host is to have before a node needs them there, the likeliest first."""
    return ok([_shown(row) for row in pulls.list_host_images(db())])


def _shown(row: HostImage) -> dict[str, Any]:
    names = ("host_id", "host", "repository", "tag", "state", "since", "run_id")
    return {name: getattr(row, name) for name in names} | {"reason": row.failure, "again_at": row.next_attempt_at}
