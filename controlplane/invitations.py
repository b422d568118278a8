"""Links with which somebody sets the password of an account: there is no mail, so an administrator hands them over."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from controlplane import accounts, journal
from controlplane.clock import now
from controlplane.errors import Conflict, InvitationOver, NotFound
from controlplane.model import Base, User, new_id

# How long a link is good: somebody who is expected needs time, a forgotten password is waited for.
LIFETIMES = {"join": timedelta(days=7), "reset": timedelta(days=1)}


class Invitation(Base):
    """One link, good for one use; only the hash of its secret is kept. A user has at most one."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))  # join: the first password; reset: a new one
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


def invite(session: Session, user: User) -> tuple[str, Invitation]:
    """A link for the user, in place of the one before; its secret is given here and never again.

    The present password and logins stay as they are until the link is used. Raises ``Conflict`` for a closed account.
    """
    if user.closed_at:
        raise Conflict("This account is closed; no link was made. Open the account again first.")
    if (before := of_user(session, user)) is not None:
        session.delete(before)
        session.flush()
    secret, purpose = secrets.token_urlsafe(32), "reset" if user.password_hash else "join"
    row = Invitation(
        secret_hash=accounts.digest(secret), user_id=user.id, user=user, purpose=purpose, expires_at=now() + LIFETIMES[purpose]
    )
    session.add(row)
    session.flush()
    journal.note(
        session, journal.Action.INVITE, "user", user.id, name=user.email, purpose=purpose, until=row.expires_at.isoformat()
    )
    return secret, row


def of_user(session: Session, user: User) -> Invitation | None:
    """The user's link, whether its time is over or not."""
    return session.scalar(select(Invitation).where(Invitation.user_id == user.id))


def open_ones(session: Session) -> dict[str, Invitation]:
    """The links that are still good, by their user's id."""
    return {row.user_id: row for row in session.scalars(select(Invitation).where(Invitation.expires_at > now()))}


def withdraw(session: Session, user: User) -> None:
    """The user's link is good no more. Raises ``NotFound`` when there is none."""
    row = of_user(session, user)
    if row is None:
        raise NotFound("This user has no open link; it may have been used already.")
    journal.note(session, journal.Action.REVOKE, "user", user.id, name=user.email, invitation=row.purpose)
    session.delete(row)


def look(session: Session, secret: str) -> Invitation:
    """The link with this secret. Raises ``InvitationOver``."""
    row = session.scalar(select(Invitation).where(Invitation.secret_hash == accounts.digest(secret)))
    if row is None or row.expires_at <= now() or row.user.closed_at:
        raise InvitationOver
    return row


def accept(session: Session, secret: str, password: str, name: str = "") -> User:
    """Set the password, and the name if one is given; the link is used up, and every login from before has ended.

    Raises ``InvitationOver``, and ``BadInput`` for a password that is too short: then the link stays good.
    """
    row = look(session, secret)
    user = session.scalars(select(User).where(User.id == row.user_id).with_for_update()).one()
    journal.act_as(user.email, user.id)
    accounts.set_password(session, user, password, f"a link was used ({row.purpose})")
    if name.strip():
        accounts.change_name(session, user, name)
    session.delete(row)
    session.flush()
    return user
