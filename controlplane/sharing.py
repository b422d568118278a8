"""Verbs about sharing: an owner lets other users see or change a project, and takes that back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import journal
from controlplane.database import ring
from controlplane.errors import BadInput, UserNotFound
from controlplane.model import Project, User
from controlplane.nodes import CLOSED_BY_USER
from controlplane.shares import Share


def list_shares(session: Session, project: Project) -> list[Share]:
    """With whom a project is shared, the first first."""
    query = select(Share).where(Share.project_id == project.id).order_by(Share.created_at, Share.user_id)
    return list(session.scalars(query))


def share(session: Session, project: Project, email: str, role: str) -> Share:
    """Let the user with this address see (``view``) or change (``edit``) the project; again with another role changes it.

    Raises ``UserNotFound``; ``BadInput`` for the owner.
    """
    user = session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise UserNotFound(
            f"Nobody here has the address {email.strip()}; nothing was changed. An administrator can invite them first."
        )
    if user.id == project.owner_id:
        raise BadInput("The project is theirs already; nothing was changed.")
    row = session.get(Share, (project.id, user.id)) or Share(project_id=project.id, user_id=user.id, user=user)
    if row.role != role:
        row.role = role
        session.add(row)
        session.flush()
        _note(session, journal.Action.SHARE, project, user, role=role)
    return row


def unshare(session: Session, project: Project, user_id: str) -> None:
    """From the next request on the user does not see the project. Raises ``UserNotFound``."""
    row = session.get(Share, (project.id, user_id))
    if row is None:
        raise UserNotFound("The project is not shared with this user; nothing was changed.")
    session.delete(row)
    session.flush()
    _note(session, journal.Action.UNSHARE, project, row.user)


def closed_by(session: Session, project: Project, user: User) -> str:
    """The sentence on a node that a user closes: by name where several people read it."""
    is_alone = user.id == project.owner_id and not list_shares(session, project)
    return CLOSED_BY_USER if is_alone else f"{user.name} closed it."


def _note(session: Session, action: str, project: Project, user: User, **data: str) -> None:
    about = {"name": project.name, "project_id": project.id, "with": user.email}
    journal.note(session, action, "project", project.id, **about, **data)
    # Whoever has it open sees the change at once, or is cut off.
    ring(session, project.id)
