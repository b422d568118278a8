"""Starting and stopping for clients of the director's own contracts: they know services, not projects."""

import time
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import catalogue, nodes, projects
from controlplane.errors import AlreadyRunning, BadInput, ControlPlaneError, NodeNotFound, StartTimedOut
from controlplane.model import Desired, Node, Observed, Project, User
from webapp.transaction import database

_NAME = "Started through the director"


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

    Raises ``AlreadyRunning``, ``ServiceNotFound``, ``QuotaExceeded``, ``StartTimedOut``, or ``ControlPlaneError`` with the
    reason of the failure.
    """
    with database().begin() as session:
        version = tag or catalogue.newest(session, key).version
        catalogue.find(session, key, version)
        if _find(session, uuid):
            raise AlreadyRunning
        project = projects.add_project(session, _owner(session, user_id), _NAME)
        old = session.get(Node, uuid.lower())
        if old is not None:
            raise AlreadyRunning(f"The service {uuid} is still being closed; try again in a few seconds.")
        asked = {"node_id": uuid, "base_path": base_path, "is_published": True, "quota": current_app.config["QUOTA"]}
        node = nodes.add_node(session, project, key, version, **asked)
        node_id = node.id
    return _wait_until_running(node_id)


def _wait_until_running(node_id: str) -> Node:
    deadline = time.monotonic() + current_app.config["START_TIMEOUT"] + 10
    while time.monotonic() < deadline:
        with database().begin() as session:
            node = session.get(Node, node_id)
            if node is None or node.desired != Desired.RUNNING:
                raise NodeNotFound("The service was stopped while it started.")
            if node.failure:
                reason = f"{node.failure} {node.remedy or ''}".strip()
                _remove(session, node)
                session.commit()
                raise ControlPlaneError(reason)
            if node.state == "running":
                return node
        time.sleep(0.1)
    raise StartTimedOut


def _remove(session: Session, node: Node) -> None:
    project = session.get_one(Project, node.project_id)
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
    while time.monotonic() < deadline:
        with database().begin() as session:
            if session.get(Node, uuid.lower()) is None:
                return True
        time.sleep(0.1)
    return True


def get(uuid: str) -> Node | None:
    """The running service with this uuid."""
    with database().begin() as session:
        node = _find(session, uuid)
        return node if node and node.observed == Observed.RUNNING else None


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
