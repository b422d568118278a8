"""Shapes of login, sessions and tokens."""

from apiflask import Schema
from apiflask.fields import Boolean, DateTime, Email, Nested, String
from apiflask.validators import Length, OneOf


class Login(Schema):
    """Who somebody says they are."""

    email = String(required=True, validate=Length(1, 254))
    password = String(required=True, validate=Length(1, 1024))


class UserOut(Schema):
    """Somebody who may log in."""

    id = String(required=True)
    email = Email(required=True)
    name = String(required=True)
    role = String(required=True, validate=OneOf(["admin", "user"]))


class Me(Schema):
    """Who is logged in; the token goes into X-CSRF-Token on every change (empty for bearer tokens)."""

    user = Nested(UserOut, required=True)
    csrf_token = String(required=True)


class MeChange(Schema):
    """What people may change of themselves."""

    name = String(required=True, validate=Length(1, 200))


class PasswordChange(Schema):
    """The present password, and the one that comes in its place."""

    present = String(required=True, validate=Length(1, 1024))
    password = String(required=True, validate=Length(1, 1024))


class InvitationSecret(Schema):
    """What follows the # in a link."""

    token = String(required=True, validate=Length(1, 200))


class Acceptance(InvitationSecret):
    """The password that somebody chooses, and how they want to be called."""

    password = String(required=True, validate=Length(1, 1024))
    name = String(load_default="", validate=Length(0, 200))


class InvitationOut(Schema):
    """Whom a link is for: to join, or to reset the password."""

    email = Email(required=True)
    name = String(required=True)
    purpose = String(required=True, validate=OneOf(["join", "reset"]))
    expires_at = DateTime(required=True)


class SessionOut(Schema):
    """One login of one browser."""

    id = String(required=True)
    created_at = DateTime(required=True)
    last_seen_at = DateTime(required=True)
    ip = String(required=True)
    user_agent = String(required=True)
    current = Boolean(required=True)


class TokenIn(Schema):
    """What a token is for."""

    name = String(required=True, validate=Length(1, 200))


class TokenOut(Schema):
    """A personal access token, without its text."""

    id = String(required=True)
    name = String(required=True)
    created_at = DateTime(required=True)
    last_used_at = DateTime(required=True, allow_none=True)


class NewToken(Schema):
    """A personal access token; its text is shown this once."""

    id = String(required=True)
    name = String(required=True)
    token = String(required=True)
