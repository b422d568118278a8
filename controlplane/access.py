"""Who may do what with a project: the one place that decides it, for people, streams and pages of nodes alike."""

from collections.abc import Collection
from enum import IntEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from controlplane.errors import ProjectNotFound, ReadOnly
from controlplane.model import Project, User
from controlplane.shares import Share

_TO_OWN = "Only the owner of this project may do this; nothing was changed. Ask them to do it."
_IN_TRASH = "This project is in the trash; nothing was changed. Restore it from there to go on with it."


class Right(IntEnum):
    """Each includes those before it."""

    VIEW = 1  # see the canvas, the states and the logs
    EDIT = 2  # change it, start and stop nodes, open their pages
    OWN = 3  # share it, publish it, move it to the trash and out of it

    @property
    def word(self) -> str:
        """What the API calls it."""
        return self.name.lower()


def rights_of(session: Session, user: User, projects: Collection[Project]) -> dict[str, Right]:
    """What the user may do, by project; those of which nothing are left out. A trashed project is its owner's alone."""
    foreign = [project.id for project in projects if project.owner_id != user.id and project.trashed_at is None]
    query = select(Share.project_id, Share.role).where(Share.user_id == user.id, Share.project_id.in_(foreign))
    roles = {project_id: Right[role.upper()] for project_id, role in session.execute(query)} if foreign else {}
    return roles | {project.id: Right.OWN for project in projects if project.owner_id == user.id}


def right_of(session: Session, user: User, project: Project) -> Right | None:
    """What the user may do; None when the project does not exist for them."""
    return rights_of(session, user, [project]).get(project.id)


def get_project(session: Session, user: User, project_id: str, right: Right = Right.VIEW) -> Project:
    """A project that the user may do this with.

    Raises ``ProjectNotFound`` when they may not even see it, as for one that never was, and for one in the trash;
    ``ReadOnly`` when they see it, and may not do this.
    """
    project = _find(session, project_id)
    held = right_of(session, user, project)
    if held is None:
        raise ProjectNotFound
    if project.trashed_at is not None:
        raise ProjectNotFound(_IN_TRASH)
    if held < right:
        raise ReadOnly(_TO_OWN if right == Right.OWN else None)
    return project


def get_own(session: Session, user: User, project_id: str) -> Project:
    """A project that the user owns, in the trash or not. Raises as ``get_project`` does."""
    project = _find(session, project_id)
    held = right_of(session, user, project)
    if held is None:
        raise ProjectNotFound
    if held < Right.OWN:
        raise ReadOnly(_TO_OWN)
    return project


def get_to_copy(session: Session, user: User, project_id: str) -> Project:
    """A project of which the user may make one of their own: one that they see, or a template. Raises ``ProjectNotFound``."""
    project = _find(session, project_id)
    if project.is_template and project.trashed_at is None:
        return project
    return get_project(session, user, project_id)


def may_open(session: Session, user: User, project: Project) -> bool:
    """Whether the user may open the pages of its nodes: a page is a program that does what it is told, so that takes the
    right to edit."""
    held = right_of(session, user, project)
    return held is not None and held >= Right.EDIT and project.trashed_at is None and project.removed_at is None


def visible_to(user: User) -> ColumnElement[bool]:
    """The projects that a user works in: their own, and those that are shared with them."""
    shared = select(Share.project_id).where(Share.user_id == user.id)
    return or_(Project.owner_id == user.id, Project.id.in_(shared))


def _find(session: Session, project_id: str) -> Project:
    project = session.get(Project, project_id)
    if project is None or project.removed_at is not None:
        raise ProjectNotFound
    return project
