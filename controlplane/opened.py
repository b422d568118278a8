"""Projects that are open: their networks are made, with anchors and gateways on them, before the first service comes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import presence
from controlplane.due import Due, lacking
from controlplane.leases import TAB_IS_OPEN
from controlplane.model import Node, Project
from controlplane.orphans import network_id_of
from controlplane.ports import Anchor, Attachment, Network, SwarmView
from controlplane.settings import Settings
from controlplane.settled import Row
from controlplane.spec import anchor_name, network_name

# Networks that one look begins to prepare; the others follow.
AT_ONCE = 20


@dataclass(frozen=True)
class Opened:
    """``kept`` are the names of the networks that stay although no service needs them, ``fresh`` those of them that are to
    be prepared."""

    kept: frozenset[str] = frozenset()
    fresh: tuple[Network, ...] = ()


def read(session: Session, settings: Settings) -> Opened:
    """By who has which project open. A network is prepared for a tab that is there now, and stays for the grace period
    after it; for as long as it is unknown whether a tab is still there, it stays, too."""
    now_open = presence.projects_seen(session, min(TAB_IS_OPEN, settings.grace))
    kept = now_open | presence.projects_maybe_open(session, settings.grace)
    if not kept:
        return Opened()
    brought = network_ids(session, kept)
    found = select(Project.id).where(Project.id.in_(sorted(now_open)), Project.removed_at.is_(None))
    ids = sorted(session.scalars(found)) if now_open else []
    published = select(Node.project_id).where(Node.project_id.in_(ids), Node.is_published)
    ways_out = set(session.scalars(published)) if ids and not settings.node_internet else set(ids)
    fresh = [Network(network_name(settings.stack, brought.get(each, each)), each, each not in ways_out) for each in ids]
    # What was prepared before a slot brought another network may stay as long: to take it away is work at a bad moment.
    return Opened(frozenset(network_name(settings.stack, each) for each in (*kept, *brought.values())), tuple(fresh))


def network_ids(session: Session, projects: set[str]) -> dict[str, str]:
    """Of these projects those whose network a slot brought, each with what that is named after."""
    query = select(Project.id, Project.network_id).where(Project.id.in_(sorted(projects)), Project.network_id.is_not(None))
    return {row[0]: str(row[1]) for row in session.execute(query)} if projects else {}


def due(opened: Opened, view: SwarmView) -> tuple[list[Network], list[Attachment]]:
    """The networks that are to be made, and who is to come onto them. Without an anchor a network that no task is on stays
    away from the gateway's host: there is nothing to prepare then."""
    if not view.anchors:
        return [], []
    missing = [network for network in opened.fresh if network.name not in view.networks][:AT_ONCE]
    there = [network for network in opened.fresh if network.name in view.networks]
    ways = [item for each in missing + there for item in lacking(view, each.name, each.project_id, each.internal)]
    return missing, ways


def anchors_due(view: SwarmView, stack: str) -> list[Anchor]:
    """An anchor beside the gateway, where none runs."""
    return [] if view.anchors or view.gateway_image is None else [Anchor(anchor_name(stack), view.gateway_image)]


def leaving(rows: Mapping[str, Row], view: SwarmView, found: Due, stack: str) -> list[Attachment]:
    """Gateways leave the networks of projects whose last services close now, before these are gone. Where an anchor
    holds the network, they stay until it goes itself, and then leave it before the anchor does."""
    going = [(on, name) for name in found.networks_absent for on in (view.on, view.anchors)]
    left = [Attachment(each, name, "") for on, name in going for each, networks in on.items() if name in networks]
    if not found.absent:
        return left
    held = set().union(*view.anchors.values())
    closing = {seen.node_id for seen in found.absent}
    staying = {row.network_id for row in rows.values() if row.is_to_run}
    staying |= {network_id_of(seen, rows) for seen in view.seen if seen.node_id not in closing}
    for network_id in {network_id_of(seen, rows) for seen in found.absent} - staying:
        network = network_name(stack, network_id)
        gateways = [gateway for gateway, on in view.on.items() if network in on and network not in held]
        left += [Attachment(gateway, network, network_id) for gateway in gateways]
    return left
