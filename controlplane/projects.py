"""Verbs about projects: canvases of nodes and links."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from controlplane import journal
from controlplane.clock import now
from controlplane.database import ring
from controlplane.errors import BadInput, ProjectNotFound
from controlplane.model import Desired, Link, Node, Project, User


def list_projects(session: Session, user: User) -> list[Project]:
    """The user's projects, the last changed first."""
    query = select(Project).where(Project.owner_id == user.id, Project.removed_at.is_(None))
    return list(session.scalars(query.options(selectinload(Project.nodes)).order_by(Project.changed_at.desc())))


def get_project(session: Session, user: User, project_id: str) -> Project:
    """One project. Raises ``ProjectNotFound`` also for somebody else's: who may not see it does not learn that it exists."""
    project = session.get(Project, project_id)
    if project is None or project.removed_at or project.owner_id != user.id:
        raise ProjectNotFound
    return project


def add_project(session: Session, user: User, name: str, description: str = "") -> Project:
    """A new, empty canvas."""
    project = Project(owner_id=user.id, name=_name(name), description=description, nodes=[], links=[])
    session.add(project)
    session.flush()
    _note(session, journal.Action.ADD, project)
    return project


def change_project(session: Session, project: Project, changes: dict[str, Any]) -> Project:
    """Change ``name``, ``description`` or the list of ``links``; what is not named stays."""
    before = _described(project)
    if "name" in changes:
        project.name = _name(changes["name"])
    if "description" in changes:
        project.description = changes["description"]
    if "links" in changes:
        project.links = [_link(project, link) for link in changes["links"]]
    if changed := [what for what, was in before.items() if _described(project)[what] != was]:
        _note(session, journal.Action.CHANGE, project, changed=changed)
    project.changed_at = now()
    ring(session, project.id)
    return project


def remove_project(session: Session, project: Project) -> None:
    """Close all its nodes and forget it once they are gone; their volumes stay (docs/data.md)."""
    project.removed_at = now()
    # One statement, for the loop may be forgetting one of them at this very moment.
    session.execute(
        update(Node)
        .where(Node.project_id == project.id, Node.desired != Desired.ABSENT)
        .values(desired=Desired.ABSENT, desired_at=now(), attempts=0, next_attempt_at=None)
    )
    _note(session, journal.Action.REMOVE, project)
    ring(session, project.id)


def _note(session: Session, action: str, project: Project, **data: Any) -> None:
    journal.note(session, action, "project", project.id, name=project.name, project_id=project.id, **data)


def _described(project: Project) -> dict[str, Any]:
    """What of a project is worth an entry when it changes."""
    ends = ("source_node", "source_port", "target_node", "target_port")
    links = {tuple(getattr(link, end) for end in ends) for link in project.links}
    return {"name": project.name, "description": project.description, "links": links}


def _name(name: str) -> str:
    if not name.strip():
        raise BadInput("A project needs a name; nothing was changed.")
    return name.strip()


def _link(project: Project, link: dict[str, str]) -> Link:
    here = {node.id for node in project.nodes if node.desired != Desired.ABSENT}
    if not {link["source_node"], link["target_node"]} <= here or link["source_node"] == link["target_node"]:
        raise BadInput("A link joins two different nodes of the same project; nothing was changed.")
    return Link(**{name: link[name] for name in ("source_node", "source_port", "target_node", "target_port")})


def visible_nodes(project: Project) -> list[Node]:
    """The nodes on the canvas: those that nobody has removed."""
    return [node for node in project.nodes if node.desired != Desired.ABSENT]
