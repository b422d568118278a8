"""Starting and stopping for clients of the director's own contracts: they know services, not projects."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from controlplane import catalogue, nodes, projects
from controlplane.database import Database
from controlplane.errors import (
    AlreadyRunning,
    BadInput,
    Conflict,
    ControlPlaneError,
    NodeNotFound,
    NotStartable,
    StartFailed,
    StartTimedOut,
    TooManyStarts,
)
from controlplane.model import Desired, Node, Observed, Project, User
from webapp.transaction import database

_NAME = "Started through the director"
# The description of a project whose client still waits for its answer.
_WAITING = "A client waits for the start; when the director ends before it answers, this is closed."
# Fewer than the server's threads, so that it always answers whether it is well.
_PLACES = threading.BoundedSemaphore(48)
_SHORTEST, _LONGEST = 0.05, 0.5


def _owner(session: Session, user_id: str) -> User:
    """The user of that id; numbers and names of other platforms belong to the first administrator."""
    user = session.get(User, user_id) or session.scalar(select(User).where(User.role == "admin").order_by(User.created_at))
    if user is None:
        raise BadInput("There is no user in this deployment yet; log in once and try again.")
    return user


def _find(session: Session, service_uuid: str) -> Node | None:
    row = session.get(Node, service_uuid.lower())
    return row if row and row.desired == Desired.RUNNING else None


def start(user_id: str, key: str, tag: str | None, uuid: str, base_path: str | None) -> Node:
    """Start a service and wait until its page answers.

    Raises ``AlreadyRunning``, ``Conflict``, ``ServiceNotFound``, ``NotStartable``,
    ``QuotaExceeded``; ``StartTimedOut`` or ``StartFailed``
    with the reason, and then nothing of it is left.
    """
    with _place():
        node_id = _wish(user_id, key, tag, uuid, base_path)
        try:
            node = _wait_until_running(node_id)
        except BaseException:
            _forget(database(), node_id)
            raise
        return _answered(node)


@contextmanager
def _place() -> Iterator[None]:
    if not _PLACES.acquire(blocking=False):
        raise TooManyStarts
    try:
        yield
    finally:
        _PLACES.release()


def _wish(user_id: str, key: str, tag: str | None, uuid: str, base_path: str | None) -> str:
    """Record that the service is to run; the node's id."""
    try:
        with database().begin() as session:
            service = catalogue.find(session, key, tag) if tag else catalogue.newest(session, key)
            if service.metadata_["type"] != "dynamic":
                raise NotStartable
            _refuse_what_is_there(session, uuid)
            project = projects.add_project(session, _owner(session, user_id), _NAME, _WAITING)
            options = {"node_id": uuid, "base_path": base_path, "is_published": True, "quota": current_app.config["QUOTA"]}
            return nodes.add_node(session, project, key, service.version, **options).id
    except IntegrityError as error:  # two requests with one uuid, at once
        raise AlreadyRunning from error


def _refuse_what_is_there(session: Session, uuid: str) -> None:
    row = session.get(Node, uuid.lower())
    match row.desired if row else None:
        case Desired.RUNNING:
            raise AlreadyRunning
        case Desired.ABSENT:
            raise AlreadyRunning(f"The service {uuid} is still being closed; try again in a few seconds.")
        case Desired.STOPPED:
            raise Conflict(f"The uuid {uuid} belongs to a node on a canvas, which is closed; open it there.")


def _wait_until_running(node_id: str) -> Node:
    deadline, pause = time.monotonic() + current_app.config["START_TIMEOUT"] + 10, _SHORTEST
    while time.monotonic() < deadline:
        with database().begin() as session:
            node = session.get(Node, node_id)
            if node is None or node.desired != Desired.RUNNING:
                raise NodeNotFound("The service was stopped while it started.")
            if node.failure:
                raise StartFailed(f"{node.failure} {node.remedy or ''}".strip())
            if node.state == "running":
                return node
        if _is_client_gone():
            raise StartFailed("The client went away before the service ran; it is closed again.")
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST)
    raise StartTimedOut


def _is_client_gone() -> bool:
    """Waitress knows (with `channel_request_lookahead`); other servers do not say."""
    asked = request.environ.get("waitress.client_disconnected")
    return bool(asked and asked())


def _answered(node: Node) -> Node:
    with database().begin() as session:
        project = session.get(Project, node.project_id)
        if project is not None and project.description == _WAITING:
            project.description = ""
    return node


def _forget(rows: Database, node_id: str) -> None:
    with rows.begin() as session:
        node = session.get(Node, node_id)
        if node is not None and node.desired != Desired.ABSENT:
            _remove(session, node)


def forget_unanswered(rows: Database) -> None:
    """Close what clients of a director that ended were waiting for: nobody knows of it, and nobody would close it."""
    with rows.begin() as session:
        lost = select(Node).join(Project).where(Node.is_published, Project.name == _NAME, Project.description == _WAITING)
        for node in session.scalars(lost):
            if node.desired != Desired.ABSENT:
                _remove(session, node)


def _remove(session: Session, node: Node) -> None:
    """What a client started goes with its project; a node on somebody's canvas is closed and stays there."""
    project = session.get_one(Project, node.project_id)
    if not node.is_published:
        nodes.stop_node(session, project, node, "Closed through the director.")
        return
    nodes.remove_node(session, project, node)
    if project.name == _NAME:
        projects.remove_project(session, project)


def stop(uuid: str) -> bool:
    """Close a service; False when there is none. Waits until it is gone."""
    with database().begin() as session:
        node = _find(session, uuid)
        if node is None:
            return False
        _remove(session, node)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not _is_gone(uuid) and not _is_client_gone():
        time.sleep(0.1)
    return True


def _is_gone(uuid: str) -> bool:
    with database().begin() as session:
        node = session.get(Node, uuid.lower())
        return node is None or (node.desired != Desired.ABSENT and node.observed == Observed.ABSENT)


def get(uuid: str) -> Node | None:
    """The running service with this uuid."""
    with database().begin() as session:
        node = _find(session, uuid)
        return node if node and node.observed == Observed.RUNNING else None


def container_of(node: Node) -> str:
    """The id of the container with the service's program; empty when the swarm does not say."""
    try:
        seen = current_app.extensions["view"]().seen
    except ControlPlaneError:
        return ""
    return next((item.container_id or "" for item in seen if item.node_id == node.id), "")


def described(node: Node) -> dict[str, Any]:
    """A running service as the contract words it."""
    return {
        "published_port": node.published_port,
        "entry_point": node.entry_point,
        "service_uuid": node.id,
        "service_key": node.service_key,
        "service_version": node.service_version,
        "service_host": nodes.service_name(node),
        "service_port": node.port,
        "service_basepath": node.base_path or "",
    }
