"""What web asks about the registry, which it cannot reach itself; the gateway lets nobody else come here."""

from typing import Any

from flask import Blueprint, current_app, jsonify, request

from controlplane import journal, stock
from controlplane.errors import BadInput
from controlplane.prune import Pruner, Stock
from controlplane.stock import Item
from webapp.director.internal import refuse_the_gateway
from webapp.envelope import ok

bp = Blueprint("stock", __name__, url_prefix="/internal/registry")
bp.before_request(refuse_the_gateway)


@bp.get("")
def look() -> Any:
    """All images with what uses each, and the plan that keeps so many of the newest versions."""
    return jsonify(ok(_out(_pruner().look(_number(request.args.get("keep", "3"))))))


@bp.post("/prune")
def prune() -> Any:
    """Begin with exactly this plan, in somebody's name."""
    body = request.get_json()
    if not isinstance(body, dict) or not isinstance(body.get("plan"), str):
        raise BadInput("The plan to apply is missing; nothing was changed.")
    journal.act_as(str(body.get("actor")), body.get("actor_id"), body.get("token"))
    return jsonify(ok({"run_id": _pruner().apply(body["plan"], _number(str(body.get("keep"))))})), 202


def _pruner() -> Pruner:
    pruner: Pruner = current_app.extensions["pruner"]
    return pruner


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise BadInput("keep must be 1 to 1000 versions; nothing was changed.")
    return int(text)


def _out(found: Stock) -> dict[str, Any]:
    return {
        "read_at": found.read_at.isoformat(),
        "bytes": stock.total(found.items),
        "images": [_item(item) for item in found.items],
        "plan": {"id": found.plan.id, "keep": found.plan.keep, "bytes": found.plan.bytes, "images": len(found.plan.items)},
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "repository": item.image.repository,
        "tags": list(item.image.tags),
        "digest": item.image.digest,
        "bytes": item.bytes,
        "own_bytes": item.own_bytes,
        "problem": item.image.problem,
        "uses": [{"kind": use.kind, "name": use.name} for use in item.uses],
    }
