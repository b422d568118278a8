"""What other parts of the platform ask the director; the gateway lets nobody else come here."""

from collections.abc import Callable
from dataclasses import asdict
from ipaddress import ip_address, ip_network
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, request

from controlplane.errors import BadInput, NotFound
from controlplane.platform import Platform
from controlplane.ports import ContainerLog
from webapp.envelope import ok

bp = Blueprint("internal", __name__, url_prefix="/internal")
Logs = Callable[[str, int], tuple[ContainerLog, ...]]


@bp.before_request
def refuse_the_gateway() -> None:
    """A second lock beside the gateway's own: what came through it says so."""
    if "X-Forwarded-For" in request.headers:
        raise NotFound


def close_to(app: Flask, subnets: tuple[str, ...]) -> None:
    """Answer nobody from there: porters are on a network with the director, and have nothing to ask of it."""
    closed = [ip_network(each) for each in subnets]

    @app.before_request
    def refuse_porters() -> None:
        address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  nobody's
        if any(address in each for each in closed):
            raise NotFound


@bp.get("/nodes/<node_id>/logs")
def logs(node_id: str) -> Any:
    """The last lines of each container of a node that is there."""
    tail = request.args.get("tail", "200")
    if not tail.isdecimal() or not 0 < int(tail) <= 5000:
        raise BadInput("tail must be 1 to 5000 lines.")
    read: Logs = current_app.extensions["logs"]
    return jsonify(ok([asdict(log) for log in read(node_id, int(tail))]))


@bp.get("/machines")
def machines() -> Any:
    """The hosts of the swarm, with what runs on them."""
    return jsonify(ok(_platform().machines()))


@bp.get("/parts")
def parts() -> Any:
    """The platform's parts, with the images that they could have."""
    found = _platform().parts()
    for option in (option for part in found for option in part["options"]):
        option["made_at"] = option["made_at"] and option["made_at"].isoformat()
    return jsonify(ok(found))


@bp.get("/sources")
def sources() -> Any:
    """What services can be published from."""
    return jsonify(ok(_platform().sources()))


def _platform() -> Platform:
    platform: Platform | None = current_app.extensions["platform"]
    if platform is None:
        raise NotFound
    return platform
