"""Verbs about nodes: each records what is desired and returns; the loop makes it so."""

import uuid as uuids
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import catalogue, containers, journal, leases, links, slots
from controlplane.clock import now
from controlplane.database import ring
from controlplane.errors import BadInput, Conflict, NodeNotFound, NotStartable
from controlplane.model import Desired, Link, Node, Observed, Project, Service, new_id, new_route
from controlplane.quotas import Quota, claim

CLOSED_BY_USER = "You closed it."
_STARTING = "waiting for the director"


def add_node(session: Session, project: Project, service_key: str, service_version: str, **options: Any) -> Node:
    """Put a node on the canvas; a dynamic one starts.

    ``options``: ``name``, ``position`` ({x, y}), ``inputs``, and for clients of the v0 contract ``node_id``,
    ``base_path`` and ``is_published``; and the ``quota`` of the deployment. Raises ``ServiceNotFound``; ``LabelError``
    when the image cannot run here, or one that it needs is not there; ``QuotaExceeded``.
    """
    service = catalogue.hold(session, service_key, service_version)
    inputs = checked_inputs(service, options.get("inputs") or {})
    if is_dynamic := service.metadata_["type"] == "dynamic":
        claim(session, project, options.get("quota") or Quota())
    slot = slots.claim(session, project, service, options) if is_dynamic else None
    node_id = slot.id if slot else _fresh_id(session, options.get("node_id"))
    node = _row(node_id, project, service, inputs, options)
    if is_dynamic:
        _wish_running(session, node, service)
    if slot:
        slots.become(node, slot)
    session.add(node)
    journal.note_node(session, journal.Action.ADD, node, service=f"{service_key}:{service_version}")
    if slot:
        with journal.acting_as("director"):  # who saw that it runs
            journal.note_observed(session, node)
    session.flush()
    # Of a claim the loop hears at its next look: there is nothing to start, and in a rush others need the processors.
    _touch(session, project, wakes_loop=slot is None)
    return node


def get_node(session: Session, project: Project, node_id: str) -> Node:
    """One node of the project. Raises ``NodeNotFound``."""
    node = session.get(Node, node_id)
    if node is None or node.project_id != project.id or node.desired == Desired.ABSENT:
        raise NodeNotFound
    return node


def change_node(session: Session, project: Project, node: Node, changes: dict[str, Any]) -> Node:
    """Change ``name``, ``position``, or inputs: all of them (``inputs``), or those that are named (``some_inputs``; null puts
    one back to its default), so that two people who change different ones lose nothing. What is not named stays."""
    # The row as it is now, and as nobody else changes it until this transaction ends.
    links.hold(session, project)
    if session.get(Node, node.id, populate_existing=True) is None or node.desired == Desired.ABSENT:
        raise NodeNotFound
    if changes.get("name", node.name).strip() == "":
        raise BadInput("A node needs a name; nothing was changed.")
    before = node.name, node.inputs
    node.name = changes.get("name", node.name).strip()
    if "inputs" in changes or "some_inputs" in changes:
        wanted = changes.get("inputs", node.inputs) | changes.get("some_inputs", {})
        kept = {name: value for name, value in wanted.items() if value is not None or name not in changes.get("some_inputs", {})}
        node.inputs = checked_inputs(catalogue.find(session, node.service_key, node.service_version), kept)
    if "position" in changes:
        # Where a box stands is nobody's business: no entry.
        node.x, node.y = changes["position"]["x"], changes["position"]["y"]
    _note_change(session, node, *before)
    _touch(session, project)
    return node


def start_node(session: Session, project: Project, node: Node, quota: Quota | None = None) -> Node:
    """Open the node's service again, with a new route; nothing happens when it runs or starts already.

    Raises as ``add_node`` does.
    """
    if node.type != "dynamic":
        raise NotStartable
    if node.desired != Desired.RUNNING or node.failure:
        service = catalogue.find(session, node.service_key, node.service_version)
        claim(session, project, quota or Quota())
        _wish_running(session, node, service)
        journal.note_node(session, journal.Action.START, node)
        _touch(session, project)
    return node


def stop_node(session: Session, project: Project, node: Node, because: str = CLOSED_BY_USER) -> Node:
    """Close the node's service; the node and its files stay."""
    if node.desired == Desired.RUNNING:
        wish_stopped(node, because)
        journal.note_node(session, journal.Action.STOP, node, reason=because)
        _touch(session, project)
    return node


def wish_stopped(node: Node, because: str) -> None:
    """Record that the service is to be closed, and why: a sentence that the user reads."""
    node.desired, node.desired_at = Desired.STOPPED, now()
    node.closed_because, node.failure, node.details, node.step = because, None, None, None
    node.cause = node.remedy = None
    # A row that was in the middle of a back-off is acted on at once.
    node.attempts, node.next_attempt_at = 0, None


def remove_node(session: Session, project: Project, node: Node) -> None:
    """Take the node off the canvas; its service is closed, its volume stays (docs/data.md)."""
    node.desired, node.desired_at = Desired.ABSENT, now()
    node.attempts, node.next_attempt_at = 0, None
    for link in session.scalars(select(Link).where((Link.source_node == node.id) | (Link.target_node == node.id))):
        session.delete(link)
    journal.note_node(session, journal.Action.REMOVE, node)
    _touch(session, project)


def _note_change(session: Session, node: Node, name: str, inputs: dict[str, Any]) -> None:
    """An entry that says what changed; of inputs only their names, for a value may be somebody's secret."""
    changed: dict[str, Any] = {"renamed_from": name} if node.name != name else {}
    if touched := sorted(key for key in {*inputs, *node.inputs} if inputs.get(key) != node.inputs.get(key)):
        changed["inputs"] = touched
    if changed:
        journal.note_node(session, journal.Action.CHANGE, node, **changed)


def _wish_running(session: Session, node: Node, service: Service) -> None:
    wanted = containers.containers_of(session, service, node.id)
    main = containers.main_of(wanted)
    node.port, node.entry_point = main.runtime.port, main.runtime.entry_point
    node.containers = containers.expected(wanted)
    node.desired, node.desired_at, node.route = Desired.RUNNING, now(), new_route()
    node.failure = node.details = node.closed_because = node.next_attempt_at = node.run_id = None
    node.cause = node.remedy = node.answered_at = None
    node.attempts, node.step, node.steps_done = 0, _STARTING, 0
    leases.begin(node, service.labels)


def _row(node_id: str, project: Project, service: Service, inputs: dict[str, Any], options: dict[str, Any]) -> Node:
    """A node that nobody wants to run yet."""
    position = options.get("position") or {}
    return Node(
        id=node_id,
        project_id=project.id,
        name=options.get("name") or service.metadata_["name"],
        service_key=service.key,
        service_version=service.version,
        type=service.metadata_["type"],
        inputs=inputs,
        x=position.get("x", 0.0),
        y=position.get("y", 0.0),
        route=new_route(),
        base_path=options.get("base_path"),
        is_published=options.get("is_published", False),
        observed=Observed.ABSENT,
        desired=Desired.STOPPED,
    )


def _touch(session: Session, project: Project, *, wakes_loop: bool = True) -> None:
    project.changed_at = now()
    ring(session, project.id, wakes_loop=wakes_loop)


def _fresh_id(session: Session, wanted: str | None) -> str:
    if wanted is None:
        return new_id()
    try:
        node_id = str(uuids.UUID(wanted))
    except ValueError as error:
        raise BadInput(f"{wanted!r} is not a UUID; nothing was started.") from error
    if session.get(Node, node_id) is not None:
        raise Conflict(f"There is a node {node_id} already; nothing was started twice.")
    return node_id


def checked_inputs(service: Service, inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs, each checked against its port. Raises ``BadInput`` naming the first that is wrong."""
    ports = service.metadata_["inputs"]
    for name, value in inputs.items():
        if name not in ports:
            raise BadInput(f"{service.metadata_['name']} has no input {name!r}; nothing was changed.")
        if not _fits(ports[name]["type"], value):
            raise BadInput(f"The input {name!r} must be of type {ports[name]['type']}; nothing was changed.")
    return inputs


def _fits(port_type: str, value: Any) -> bool:
    match port_type:
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
    return isinstance(value, str)


def service_name(node: Node) -> str:
    """The swarm's name for the node's main service: `<last part of key>_<node id>`, at most 63 characters."""
    return containers.service_name(node.service_key, node.id)
