"""Verbs about links: single ones come and go, so that two people who link at once lose nothing."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from controlplane import journal
from controlplane.clock import now
from controlplane.database import ring
from controlplane.errors import BadInput, LinkNotFound
from controlplane.model import Desired, Link, Node, Project

ENDS = ("source_node", "source_port", "target_node", "target_port")
MOST = 5000


def add_link(session: Session, project: Project, wanted: dict[str, str]) -> Link:
    """Join an output to an input. An input takes one link: the one that was there goes. The same link again changes
    nothing. Raises ``BadInput``."""
    hold(session, project)
    here = _at(session, project, wanted["target_node"], wanted["target_port"])
    if len(here) == 1 and all(getattr(here[0], end) == wanted[end] for end in ENDS):
        return here[0]
    link = new_link(session, project, wanted)
    if not here and _count(session, project) >= MOST:
        raise BadInput(f"A project holds at most {MOST} links; nothing was changed.")
    for old in here:
        session.delete(old)
    session.add(link)
    session.flush()
    _changed(session, project)
    return link


def remove_link(session: Session, project: Project, link_id: str) -> None:
    """Take one link away. Raises ``LinkNotFound``."""
    hold(session, project)
    link = session.get(Link, link_id)
    if link is None or link.project_id != project.id:
        raise LinkNotFound
    session.delete(link)
    session.flush()
    _changed(session, project)


def new_link(session: Session, project: Project, wanted: dict[str, str]) -> Link:
    """A link that is not in the database yet, its ends checked. Raises ``BadInput``."""
    ends = {wanted["source_node"], wanted["target_node"]}
    here = select(Node.id).where(Node.project_id == project.id, Node.id.in_(ends), Node.desired != Desired.ABSENT)
    if len(ends) != 2 or set(session.scalars(here)) != ends:
        raise BadInput("A link joins two different nodes of the same project; nothing was changed.")
    return Link(project_id=project.id, **{end: wanted[end] for end in ENDS})


def hold(session: Session, project: Project) -> None:
    """Until the transaction ends nobody else changes the canvas: two who link the same input come one after the other.
    Always the project before its nodes, so that two never wait for each other; whoever only notes a presence does not
    wait."""
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update(key_share=True))


def _at(session: Session, project: Project, node_id: str, port: str) -> list[Link]:
    at = (Link.project_id == project.id, Link.target_node == node_id, Link.target_port == port)
    return list(session.scalars(select(Link).where(*at)))


def _count(session: Session, project: Project) -> int:
    return session.scalar(select(func.count(Link.id)).where(Link.project_id == project.id)) or 0


def _changed(session: Session, project: Project) -> None:
    session.expire(project, ["links"])
    journal.note(
        session, journal.Action.CHANGE, "project", project.id, name=project.name, project_id=project.id, changed=["links"]
    )
    project.changed_at = now()
    ring(session, project.id)
