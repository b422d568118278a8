"""Verbs of administrators about other people's accounts."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from controlplane import accounts, invitations, journal
from controlplane.clock import now
from controlplane.errors import Conflict, LastAdministrator, NotFound
from controlplane.invitations import Invitation
from controlplane.model import Desired, Node, Project, User
from controlplane.nodes import stop_node
from controlplane.quotas import running_nodes

CLOSED_WITH_ACCOUNT = "An administrator closed its owner's account. Its files are kept."
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Account:
    """A user, with what administrators want to know beside it: nodes that run, and the link that is open."""

    user: User
    running_nodes: int = 0
    invitation: Invitation | None = None
    seen_at: datetime | None = None


def list_users(session: Session, q: str = "", sort: str = "email") -> list[Account]:
    """The users whose name or address holds ``q``; by ``email``, ``name``, ``role``, or the newest first by
    ``created_at`` or ``seen_at``."""
    query = select(User).order_by(User.email)
    if text := q.strip():
        query = query.where(or_(User.email.icontains(text, autoescape=True), User.name.icontains(text, autoescape=True)))
    return _sorted(_accounts(session, session.scalars(query)), sort)


def _sorted(accounts_: list[Account], sort: str) -> list[Account]:
    match sort:
        case "seen_at":
            return sorted(accounts_, key=lambda account: account.seen_at or _LONG_AGO, reverse=True)
        case "created_at":
            return sorted(accounts_, key=lambda account: account.user.created_at, reverse=True)
        case _:
            return sorted(accounts_, key=lambda account: str(getattr(account.user, sort)).lower())


def _accounts(session: Session, users: Iterable[User]) -> list[Account]:
    running, links, seen = running_nodes(session), invitations.open_ones(session), accounts.last_seen(session)
    return [Account(user, running.get(user.id, 0), links.get(user.id), seen.get(user.id)) for user in users]


def get_user(session: Session, user_id: str) -> User:
    """One user. Raises ``NotFound``."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def account_of(session: Session, user: User) -> Account:
    """One user, as the list shows it."""
    return _accounts(session, [user])[0]


def create_user(session: Session, email: str, password: str | None, name: str, role: str) -> tuple[User, str | None]:
    """A user who may log in at once; without a password one is made up, and given here and never again."""
    made_up = None if password else secrets.token_urlsafe(12)
    return accounts.add_user(session, email, password or made_up, name, role), made_up


def invite_user(session: Session, email: str, name: str, role: str) -> tuple[str, Invitation]:
    """A user who chooses the password with a link; its secret, and what is known of it."""
    return invitations.invite(session, accounts.add_user(session, email, None, name, role))


def change_user(session: Session, user: User, changes: dict[str, Any], by: User) -> None:
    """Change ``name``, ``role``, ``max_nodes`` (None: the deployment's quota) or ``is_closed``; what is not named stays.

    With ``close_nodes`` closing an account closes its nodes, too; else they end by their lease. Raises
    ``LastAdministrator``, and ``Conflict`` for who closes the own account.
    """
    if "name" in changes:
        accounts.change_name(session, user, changes["name"])
    if changes.get("role", user.role) != user.role:
        _change_role(session, user, changes["role"])
    if "max_nodes" in changes and changes["max_nodes"] != user.max_nodes:
        _note(session, journal.Action.CHANGE, user, changed=["max_nodes"], before=user.max_nodes, now=changes["max_nodes"])
        user.max_nodes = changes["max_nodes"]
    match changes.get("is_closed"), user.closed_at:
        case True, None:
            _close(session, user, by, bool(changes.get("close_nodes")))
        case False, moment if moment is not None:
            _reopen(session, user)


def _change_role(session: Session, user: User, role: str) -> None:
    if role != "admin":
        _keep_an_administrator(session, user)
    _note(session, journal.Action.CHANGE, user, changed=["role"], before=user.role, now=role)
    user.role = role


def _keep_an_administrator(session: Session, user: User) -> None:
    """Raises ``LastAdministrator`` when nobody else could do what this one may. Two who leave at once wait for each other."""
    admins = session.scalars(select(User).where(User.role == "admin").order_by(User.id).with_for_update())
    if not any(other.id != user.id and other.state == "active" for other in admins):
        raise LastAdministrator


def _close(session: Session, user: User, by: User, close_nodes: bool) -> None:
    if user.id == by.id:
        raise Conflict("You cannot close your own account; nothing was changed. Another administrator can.")
    if user.role == "admin":
        _keep_an_administrator(session, user)
    user.closed_at = now()
    if (link := invitations.of_user(session, user)) is not None:
        session.delete(link)
    ended = {"sessions": accounts.end_sessions(session, user), "tokens": accounts.revoke_tokens(session, user)}
    closed = _close_nodes(session, user) if close_nodes else 0
    _note(session, journal.Action.CLOSE, user, **ended, nodes=closed)


def _close_nodes(session: Session, user: User) -> int:
    query = select(Node).join(Project).where(Project.owner_id == user.id, Node.desired == Desired.RUNNING)
    nodes = list(session.scalars(query))
    for node in nodes:
        stop_node(session, node.project, node, CLOSED_WITH_ACCOUNT)
    return len(nodes)


def _reopen(session: Session, user: User) -> None:
    # What was opened at the very moment of the closing must not come back to life.
    accounts.end_sessions(session, user)
    accounts.revoke_tokens(session, user)
    user.closed_at = None
    _note(session, journal.Action.REOPEN, user)


def _note(session: Session, action: str, user: User, **data: Any) -> None:
    journal.note(session, action, "user", user.id, name=user.email, **data)
