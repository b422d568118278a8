"""Verbs about people: who they are, and how they prove it."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from controlplane import journal
from controlplane.clock import now
from controlplane.errors import AccountClosed, BadInput, Conflict, NotFound, WrongLogin, WrongPassword
from controlplane.model import AccessToken, LoginSession, User

SHORTEST_PASSWORD = 8
_hasher = PasswordHasher()
# Verified when nobody has the e-mail address, so that the answer takes as long as for a wrong password.
_NOBODY = _hasher.hash(secrets.token_hex(8))
_SEEN_EVERY = timedelta(seconds=30)


def digest(secret: str) -> str:
    """Secrets of 256 bits need no slow hash; the database never holds what opens a session."""
    return hashlib.sha256(secret.encode()).hexdigest()


def ensure_first_admin(session: Session, email: str, password: str) -> bool:
    """Create the first login when there is no user at all; True when it was created."""
    if session.scalar(select(func.count(User.id))) or not password:
        return False
    add_user(session, email, password, name="Administrator", role="admin")
    return True


def add_user(session: Session, email: str, password: str | None, name: str = "", role: str = "user") -> User:
    """A new user; without a password nobody logs in until an invitation is used.

    Raises ``BadInput`` for an address that is none, or a password that is too short; ``Conflict`` for an address that is
    somebody's already.
    """
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise BadInput(f"{email!r} is not an e-mail address; nobody was added.")
    if session.scalar(select(User.id).where(User.email == email.lower())):
        raise Conflict(f"There is a user {email.lower()} already; nobody was added.")
    user = User(
        email=email.lower(),
        name=name.strip() or email.split("@", maxsplit=1)[0],
        role=role,
        password_hash="" if password is None else _hash_of(email, password),
    )
    session.add(user)
    session.flush()
    _note(session, journal.Action.ADD, user, role=role)
    return user


def _hash_of(email: str, password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"A password needs at least {SHORTEST_PASSWORD} characters; nothing was changed.")
    if password.lower() == email.lower():
        raise BadInput("A password must be another text than the e-mail address; nothing was changed.")
    return _hasher.hash(password)


def set_password(session: Session, user: User, password: str, because: str, keep: LoginSession | None = None) -> None:
    """A new password. Every login ends but the one to ``keep``: whoever knew the old password is out. Tokens stay.

    ``because`` says in the event log how it came to it. Raises ``BadInput`` for a password that is too short.
    """
    user.password_hash = _hash_of(user.email, password)
    end_sessions(session, user, keep)
    _note(session, journal.Action.CHANGE, user, changed=["password"], because=because)


def change_password(session: Session, user: User, present: str, password: str, keep: LoginSession | None) -> None:
    """The user chooses another password. Raises ``WrongPassword``, and ``BadInput`` for one that is too short."""
    try:
        _hasher.verify(user.password_hash or _NOBODY, present)
    except (VerificationError, InvalidHashError) as error:
        raise WrongPassword from error
    set_password(session, user, password, "the user changed it", keep)


def change_name(session: Session, user: User, name: str) -> None:
    """What people are called. Raises ``BadInput`` for an empty name."""
    if not name.strip():
        raise BadInput("A user needs a name; nothing was changed.")
    if name.strip() != user.name:
        user.name = name.strip()
        _note(session, journal.Action.CHANGE, user, changed=["name"])


def check_password(session: Session, email: str, password: str) -> User:
    """The user with this login. Raises ``WrongLogin``, in the same time whether the address or the password is wrong,
    and ``AccountClosed`` for those alone who know the password."""
    user = session.scalar(select(User).where(User.email == email.lower()))
    try:
        _hasher.verify((user.password_hash if user else "") or _NOBODY, password)
    except (VerificationError, InvalidHashError) as error:
        raise WrongLogin from error
    if user is None:
        raise WrongLogin
    if user.closed_at:
        raise AccountClosed
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(password)
    return user


def open_session(session: Session, user: User, lifetime: timedelta, ip: str, user_agent: str) -> tuple[str, LoginSession]:
    """A new login; the secret goes into the cookie and is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    row = LoginSession(
        secret_hash=digest(secret),
        csrf_token=secrets.token_urlsafe(32),
        user=user,
        expires_at=now() + lifetime,
        ip=ip,
        user_agent=user_agent[:300],
    )
    session.add(row)
    user.logged_in_at = now()
    session.flush()
    journal.act_as(user.email, user.id)
    _note(session, journal.Action.LOGIN, user, login=row.id, ip=ip)
    return secret, row


def find_session(session: Session, secret: str) -> LoginSession | None:
    """The living login with this secret, if any."""
    row = session.scalar(select(LoginSession).where(LoginSession.secret_hash == digest(secret)))
    if row is None or row.expires_at <= now() or row.user.closed_at:
        return None
    if _is_stale(row.last_seen_at):
        row.last_seen_at = now()
    return row


def _is_stale(moment: datetime | None) -> bool:
    """Whether a "last seen" is old enough to be worth a write."""
    return moment is None or now() - moment > _SEEN_EVERY


def sessions_of(session: Session, user: User) -> list[LoginSession]:
    """The user's living logins, the newest first."""
    query = select(LoginSession).where(LoginSession.user_id == user.id, LoginSession.expires_at > now())
    return list(session.scalars(query.order_by(LoginSession.last_seen_at.desc())))


def last_seen(session: Session) -> dict[str, datetime]:
    """When each user was last heard of, by the user's id; who never was is not in it."""
    moments = (
        select(User.id, User.logged_in_at.label("at")),
        select(LoginSession.user_id, LoginSession.last_seen_at),
        select(AccessToken.user_id, AccessToken.last_used_at),
    )
    every = union_all(*moments).subquery()
    query = select(every.c.id, func.max(every.c.at)).where(every.c.at.is_not(None)).group_by(every.c.id)
    return {row[0]: row[1] for row in session.execute(query)}


def revoke_session(session: Session, user: User, session_id: str) -> None:
    """End one of the user's logins at once."""
    row = session.get(LoginSession, session_id)
    if row is None or row.user_id != user.id:
        raise NotFound("There is no such session; it may have ended already.")
    journal.note(session, journal.Action.REVOKE, "session", row.id, name=user.email, ip=row.ip)
    session.delete(row)


def end_sessions(session: Session, user: User, keep: LoginSession | None = None) -> int:
    """End all the user's logins at once, but the one to ``keep``; how many there were."""
    rows = [row for row in sessions_of(session, user) if keep is None or row.id != keep.id]
    for row in rows:
        revoke_session(session, user, row.id)
    return len(rows)


def close_session(session: Session, row: LoginSession) -> None:
    """The user logs out."""
    _note(session, journal.Action.LOGOUT, row.user, login=row.id)
    session.delete(row)


def create_token(session: Session, user: User, name: str) -> tuple[str, AccessToken]:
    """A personal bearer token; its text is given here and never again."""
    if not name.strip():
        raise BadInput("A token needs a name, so that you know later what it was for.")
    secret = f"wb_{secrets.token_urlsafe(32)}"
    row = AccessToken(secret_hash=digest(secret), name=name.strip(), user=user)
    session.add(row)
    session.flush()
    journal.note(session, journal.Action.ADD, "token", row.id, name=row.name)
    return secret, row


def find_token(session: Session, secret: str) -> AccessToken | None:
    """The token with this text, if it was not revoked."""
    row = session.scalar(select(AccessToken).where(AccessToken.secret_hash == digest(secret)))
    if row is None or row.user.closed_at:
        return None
    if _is_stale(row.last_used_at):
        row.last_used_at = now()
    return row


def tokens_of(session: Session, user: User) -> list[AccessToken]:
    """The user's tokens, the newest first."""
    return list(
        session.scalars(select(AccessToken).where(AccessToken.user_id == user.id).order_by(AccessToken.created_at.desc()))
    )


def revoke_token(session: Session, user: User, token_id: str) -> None:
    """End one of the user's tokens at once."""
    row = session.get(AccessToken, token_id)
    if row is None or row.user_id != user.id:
        raise NotFound("There is no such token; it may have been revoked already.")
    journal.note(session, journal.Action.REVOKE, "token", row.id, name=row.name, of=user.email)
    session.delete(row)


def revoke_tokens(session: Session, user: User) -> int:
    """End all the user's tokens at once; how many there were."""
    rows = tokens_of(session, user)
    for row in rows:
        revoke_token(session, user, row.id)
    return len(rows)


def _note(session: Session, action: str, user: User, **data: Any) -> None:
    journal.note(session, action, "user", user.id, name=user.email, **data)
