"""Shapes of accounts as administrators see them."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Email, Integer, Nested, String
from apiflask.validators import Length, OneOf, Range

_ROLES = OneOf(["admin", "user"])
_PURPOSES = OneOf(["join", "reset"])


class UsersQuery(Schema):
    """What to look for in names and addresses, and the order."""

    q = String(load_default="", validate=Length(0, 254))
    sort = String(load_default="email", validate=OneOf(["email", "name", "role", "created_at", "seen_at"]))


class OpenInvitation(Schema):
    """A link that was made and not used yet: for the first password (join) or a new one (reset)."""

    purpose = String(required=True, validate=_PURPOSES)
    expires_at = DateTime(required=True)


class AccountOut(Schema):
    """A user; `max_nodes` is a quota of their own, `may_run` the quota that holds, `seen_at` null for who never came."""

    id = String(required=True)
    email = Email(required=True)
    name = String(required=True)
    role = String(required=True, validate=_ROLES)
    state = String(required=True, validate=OneOf(["active", "invited", "closed"]))
    created_at = DateTime(required=True)
    seen_at = DateTime(required=True, allow_none=True)
    closed_at = DateTime(required=True, allow_none=True)
    max_nodes = Integer(required=True, allow_none=True)
    may_run = Integer(required=True)
    running_nodes = Integer(required=True)
    invitation = Nested(OpenInvitation, required=True, allow_none=True)


class InvitationIn(Schema):
    """Whom to invite."""

    email = String(required=True, validate=Length(1, 254))
    name = String(load_default="", validate=Length(0, 200))
    role = String(load_default="user", validate=_ROLES)


class UserIn(InvitationIn):
    """Whom to add; without a password one is made up."""

    password = String(load_default=None, allow_none=True, validate=Length(1, 1024))


class NewUser(Schema):
    """The user, and the password that was made up: shown this once, null when one was given."""

    user = Nested(AccountOut, required=True)
    password = String(required=True, allow_none=True)


class NewInvitation(Schema):
    """The link to hand over, as a path of this workbench; shown this once, good for one use until `expires_at`."""

    user = Nested(AccountOut, required=True)
    purpose = String(required=True, validate=_PURPOSES)
    path = String(required=True)
    expires_at = DateTime(required=True)


class UserChange(Schema):
    """What to change; what is not named stays. `max_nodes` null gives back the deployment's quota; `close_nodes` goes
    with `is_closed` true."""

    name = String(validate=Length(1, 200))
    role = String(validate=_ROLES)
    max_nodes = Integer(allow_none=True, validate=Range(0, 100_000))
    is_closed = Boolean()
    close_nodes = Boolean()


class Ended(Schema):
    """How many logins or tokens were ended."""

    ended = Integer(required=True)
