"""The rules of accounts: who gets in, who may change whom, and what ends with an account."""

import logging
from typing import Any

import pytest
from sqlalchemy import event, inspect
from sqlalchemy.dialects import postgresql

from controlplane import journal, users
from controlplane.database import Database
from controlplane.errors import LastAdministrator, QuotaExceeded
from controlplane.model import Base, User
from controlplane.quotas import Quota
from controlplane.settings import Settings
from tests.unit.conftest import Time, World
from tests.unit.test_api import NODE, PASSWORD, Visitor, visitors  # noqa: F401  a fixture

EVE = "eve@werkbank.example"


def id_of(ada: Visitor, email: str) -> str:
    """The user's id."""
    [found] = [user["id"] for user in ada.get("/users").json["data"] if user["email"] == email]
    return str(found)


def account(ada: Visitor, email: str) -> dict[str, Any]:
    """The user as an administrator sees it."""
    return dict(ada.get(f"/users/{id_of(ada, email)}").json["data"])


def secret_of(answer: Any) -> str:
    """What follows the # in a link."""
    assert answer.status_code == 201
    path, _, secret = answer.json["data"]["path"].partition("#")
    assert path == "/invite"
    return str(secret)


@pytest.fixture
def ada(visitors: tuple[Visitor, Visitor]) -> Visitor:  # noqa: F811
    """The administrator."""
    return visitors[0]


@pytest.fixture
def bob(visitors: tuple[Visitor, Visitor]) -> Visitor:  # noqa: F811
    """The user."""
    return visitors[1]


@pytest.fixture
def stranger(database: Database, settings: Settings, visitors: object) -> Visitor:  # noqa: F811
    """Somebody who has not logged in."""
    return Visitor(database, settings)


# Invitations.


def test_who_is_invited_chooses_a_password_and_is_in(ada: Visitor, stranger: Visitor) -> None:
    secret = secret_of(ada.post("/users/invitations", email="Eve@werkbank.example", name="Eve"))
    assert account(ada, EVE)["state"] == "invited"
    assert stranger.post("/auth/invitation", token=secret).json["data"]["email"] == EVE
    accepted = stranger.post("/auth/invitation/accept", token=secret, password="eve's own words", name="Eve H.")
    assert accepted.json["data"]["user"]["name"] == "Eve H."
    assert stranger.get("/auth/me").json["data"]["user"]["email"] == EVE
    assert stranger.log_in(EVE, "eve's own words").status_code == 200
    assert account(ada, EVE)["state"] == "active"
    assert account(ada, EVE)["invitation"] is None


def test_nobody_logs_in_before_the_invitation_is_used(ada: Visitor, stranger: Visitor) -> None:
    ada.post("/users/invitations", email=EVE)
    for password in ("", " ", PASSWORD):
        assert stranger.log_in(EVE, password or "\t").status_code == 401


def test_a_link_is_good_once(ada: Visitor, stranger: Visitor) -> None:
    secret = secret_of(ada.post("/users/invitations", email=EVE))
    assert stranger.post("/auth/invitation/accept", token=secret, password=PASSWORD).status_code == 200
    again = stranger.post("/auth/invitation/accept", token=secret, password="another one")
    assert (again.status_code, again.json["error"]["errors"]) == (404, [{"code": "InvitationOver"}])
    assert stranger.log_in(EVE).status_code == 200


@pytest.mark.parametrize(("days", "code"), [(6, 200), (8, 404)])
def test_an_invitation_ends_after_a_week(
    ada: Visitor, stranger: Visitor, monkeypatch: pytest.MonkeyPatch, days: int, code: int
) -> None:
    secret = secret_of(ada.post("/users/invitations", email=EVE))
    Time(monkeypatch).pass_by(days=days)
    assert stranger.post("/auth/invitation", token=secret).status_code == code
    assert stranger.post("/auth/invitation/accept", token=secret, password=PASSWORD).status_code == code


def test_a_link_that_was_replaced_or_withdrawn_is_good_no_more(ada: Visitor, stranger: Visitor) -> None:
    first = secret_of(ada.post("/users/invitations", email=EVE))
    user = id_of(ada, EVE)
    second = secret_of(ada.post(f"/users/{user}/invitation"))
    assert stranger.post("/auth/invitation", token=first).status_code == 404
    assert stranger.post("/auth/invitation", token=second).status_code == 200
    assert ada.delete(f"/users/{user}/invitation").status_code == 204
    assert stranger.post("/auth/invitation", token=second).status_code == 404
    assert ada.delete(f"/users/{user}/invitation").status_code == 404


def test_a_password_that_is_too_short_leaves_the_link_good(ada: Visitor, stranger: Visitor) -> None:
    secret = secret_of(ada.post("/users/invitations", email=EVE))
    for poor in ("seven77", EVE):
        assert stranger.post("/auth/invitation/accept", token=secret, password=poor).status_code == 400
    assert account(ada, EVE)["state"] == "invited"
    assert stranger.post("/auth/invitation/accept", token=secret, password=PASSWORD).status_code == 200


def test_guessing_links_is_slowed_down(stranger: Visitor) -> None:
    codes = [stranger.post("/auth/invitation", token=f"guess {number}").status_code for number in range(12)]
    assert codes == [404] * 10 + [429] * 2


def test_good_links_are_not_counted_as_guesses(ada: Visitor, stranger: Visitor) -> None:
    secret = secret_of(ada.post("/users/invitations", email=EVE))
    assert {stranger.post("/auth/invitation", token=secret).status_code for _ in range(15)} == {200}


def test_a_reset_keeps_the_old_password_until_its_link_is_used_and_ends_every_login(ada: Visitor, bob: Visitor) -> None:
    answer = ada.post(f"/users/{id_of(ada, 'bob@werkbank.example')}/invitation")
    assert answer.json["data"]["purpose"] == "reset"
    assert bob.log_in("bob@werkbank.example").status_code == 200
    new = {"token": secret_of(answer), "password": "not the old one"}
    assert Visitor.post(ada, "/auth/invitation/accept", **new).status_code == 200
    assert bob.get("/auth/me").status_code == 401
    assert bob.log_in("bob@werkbank.example").status_code == 401
    assert bob.log_in("bob@werkbank.example", "not the old one").status_code == 200


def test_a_reset_link_ends_after_a_day(ada: Visitor, stranger: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = secret_of(ada.post(f"/users/{id_of(ada, 'bob@werkbank.example')}/invitation"))
    Time(monkeypatch).pass_by(hours=25)
    assert stranger.post("/auth/invitation", token=secret).status_code == 404


def test_secrets_are_kept_as_hashes_and_written_nowhere(
    ada: Visitor, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        link = secret_of(ada.post("/users/invitations", email=EVE))
        made = ada.post("/users", email="joe@werkbank.example").json["data"]["password"]
        ada.post("/auth/invitation/accept", token=link, password="eve's own words")
    with database.engine.connect() as connection:
        tables = [connection.execute(table.select()).all() for table in Base.metadata.sorted_tables]
    assert "invitations" in inspect(database.engine).get_table_names()
    for secret in (link, made, "eve's own words"):
        assert secret not in repr(tables)
        assert secret not in caplog.text


# Accounts.


def test_a_password_is_made_up_where_none_is_given_and_shown_once(ada: Visitor, stranger: Visitor) -> None:
    made = ada.post("/users", email=EVE, name="Eve").json["data"]
    assert stranger.log_in(EVE, made["password"]).status_code == 200
    given = ada.post("/users", email="joe@werkbank.example", password=PASSWORD).json["data"]
    assert given["password"] is None
    assert stranger.log_in("joe@werkbank.example").status_code == 200


@pytest.mark.parametrize("path", ["/users", "/users/invitations"])
def test_an_address_is_somebodys_once(ada: Visitor, path: str) -> None:
    answer = ada.post(path, email="BOB@werkbank.example")
    assert answer.status_code == 409
    assert "already; nobody was added" in answer.json["error"]["message"]


def test_accounts_are_for_administrators(bob: Visitor, ada: Visitor) -> None:
    other = f"/users/{id_of(ada, 'ada@werkbank.example')}"
    asked = [bob.get("/users"), bob.get(other), bob.get(f"{other}/sessions"), bob.get(f"{other}/tokens")]
    asked += [bob.post("/users", email=EVE), bob.post("/users/invitations", email=EVE), bob.post(f"{other}/invitation")]
    asked += [bob.change(other, role="user"), bob.delete(f"{other}/sessions"), bob.delete(f"{other}/tokens")]
    assert {answer.status_code for answer in asked} == {403}


def test_users_are_found_and_sorted(ada: Visitor) -> None:
    ada.post("/users", email="zoe@werkbank.example", name="Anna_Z")
    emails = lambda query: [user["email"].partition("@")[0] for user in ada.get(f"/users?{query}").json["data"]]  # noqa: E731
    assert emails("") == ["ada", "bob", "zoe"]
    assert emails("q=ANNA_") == ["zoe"]
    assert emails("q=_da") == []
    assert emails("sort=created_at")[0] == "zoe"
    assert emails("sort=seen_at")[-1] == "zoe"
    assert emails("sort=name") == ["ada", "zoe", "bob"]
    assert ada.get("/users?sort=password_hash").status_code == 400


def test_the_last_administrator_stays_one(ada: Visitor) -> None:
    own = f"/users/{id_of(ada, 'ada@werkbank.example')}"
    refused = ada.change(own, role="user")
    assert (refused.status_code, refused.json["error"]["errors"]) == (409, [{"code": "LastAdministrator"}])
    # Who has been invited only, or is closed, administers nothing.
    ada.post("/users/invitations", email=EVE, role="admin")
    assert ada.change(own, role="user").status_code == 409
    bobs = f"/users/{id_of(ada, 'bob@werkbank.example')}"
    ada.change(bobs, role="admin")
    ada.change(bobs, is_closed=True)
    assert ada.change(own, role="user").status_code == 409
    ada.change(bobs, is_closed=False)
    assert ada.change(own, role="user").status_code == 200
    assert ada.get("/users").status_code == 403


def test_administrators_who_leave_together_wait_for_each_other(world: World) -> None:
    statements: list[str] = []

    def keep(context: Any) -> None:
        if context.is_select:
            statements.append(str(context.statement.compile(dialect=postgresql.dialect())))

    with world.database.begin() as session:
        event.listen(session, "do_orm_execute", keep)
        user = session.get_one(User, world.user_id)
        with pytest.raises(LastAdministrator):
            users.change_user(session, user, {"role": "user"}, user)
    [locked] = [text for text in statements if "FOR UPDATE" in text]
    assert "ORDER BY users.id" in locked


def test_a_quota_of_the_users_own_holds_in_place_of_the_deployments(world: World) -> None:
    def own(most: int | None) -> None:
        with world.database.begin() as session:
            user = session.get_one(User, world.user_id)
            users.change_user(session, user, {"max_nodes": most}, user)

    own(1)
    world.add_node(quota=Quota(9, 9))
    with pytest.raises(QuotaExceeded, match=r"1 nodes of yours .* at most 1 may; .* raise your own quota"):
        world.add_node(quota=Quota(9, 9))
    own(3)
    world.add_node(quota=Quota(1, 9))
    own(None)
    with pytest.raises(QuotaExceeded, match="WERKBANK_USER_NODES"):
        world.add_node(quota=Quota(2, 9))


def test_the_list_shows_which_quota_holds_and_what_runs(ada: Visitor, bob: Visitor) -> None:
    project = bob.post("/projects", name="Bob's").json["data"]["id"]
    bob.post(f"/projects/{project}/nodes", **NODE)
    before = account(ada, "bob@werkbank.example")
    assert (before["max_nodes"], before["may_run"], before["running_nodes"]) == (None, Quota().user_nodes, 1)
    assert ada.change(f"/users/{before['id']}", max_nodes=0).json["data"]["may_run"] == 0
    assert ada.change(f"/users/{before['id']}", max_nodes=-1).status_code == 400


# Closing.


def test_closing_an_account_ends_its_sessions_tokens_and_link_at_once(ada: Visitor, bob: Visitor, stranger: Visitor) -> None:
    token = bob.post("/tokens", name="script").json["data"]["token"]
    user = id_of(ada, "bob@werkbank.example")
    link = secret_of(ada.post(f"/users/{user}/invitation"))
    assert ada.change(f"/users/{user}", is_closed=True).json["data"]["state"] == "closed"
    assert bob.get("/projects").status_code == 401
    assert stranger.web.get("/api/v0/projects", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert stranger.post("/auth/invitation/accept", token=link, password=PASSWORD).status_code == 404
    assert ada.post(f"/users/{user}/invitation").status_code == 409
    refused = stranger.log_in("bob@werkbank.example")
    assert (refused.status_code, refused.json["error"]["errors"]) == (403, [{"code": "AccountClosed"}])
    assert stranger.log_in("bob@werkbank.example", "a wrong password").status_code == 401


def test_an_account_that_is_opened_again_has_its_projects_but_no_old_login(ada: Visitor, bob: Visitor) -> None:
    bob.post("/projects", name="Bob's")
    user = id_of(ada, "bob@werkbank.example")
    ada.change(f"/users/{user}", is_closed=True)
    ada.change(f"/users/{user}", is_closed=False)
    assert bob.get("/projects").status_code == 401
    bob.log_in("bob@werkbank.example")
    assert [project["name"] for project in bob.get("/projects").json["data"]] == ["Bob's"]


@pytest.mark.parametrize("close_nodes", [False, True])
def test_nodes_of_a_closed_account_end_by_their_lease_or_at_once(world: World, close_nodes: bool) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        boss = users.create_user(session, "boss@werkbank.example", PASSWORD, "", "admin")[0]
        changes = {"is_closed": True, "close_nodes": close_nodes}
        users.change_user(session, session.get_one(User, world.user_id), changes, boss)
    node = world.node(node_id)
    assert node.desired == ("stopped" if close_nodes else "running")
    assert (node.closed_because == users.CLOSED_WITH_ACCOUNT) is close_nodes


def test_nobody_closes_the_own_account(ada: Visitor) -> None:
    ada.change(f"/users/{id_of(ada, 'bob@werkbank.example')}", role="admin")
    assert ada.change(f"/users/{id_of(ada, 'ada@werkbank.example')}", is_closed=True).status_code == 409


def test_closing_what_is_closed_changes_nothing(ada: Visitor) -> None:
    user = id_of(ada, "bob@werkbank.example")
    first = ada.change(f"/users/{user}", is_closed=True).json["data"]["closed_at"]
    assert ada.change(f"/users/{user}", is_closed=True).json["data"]["closed_at"] == first


def test_an_administrator_ends_the_logins_and_tokens_of_a_user(ada: Visitor, bob: Visitor) -> None:
    bob.post("/tokens", name="script")
    user = id_of(ada, "bob@werkbank.example")
    [login] = ada.get(f"/users/{user}/sessions").json["data"]
    [token] = ada.get(f"/users/{user}/tokens").json["data"]
    assert (login["current"], token["name"]) == (False, "script")
    admin = id_of(ada, "ada@werkbank.example")
    assert ada.delete(f"/users/{admin}/sessions/{login['id']}").status_code == 404
    assert ada.delete(f"/users/{user}/tokens/{token['id']}").status_code == 204
    assert ada.delete(f"/users/{user}/sessions").json["data"] == {"ended": 1}
    assert ada.delete(f"/users/{user}/tokens").json["data"] == {"ended": 0}
    assert bob.get("/auth/me").status_code == 401


# Oneself.


def test_a_user_changes_the_own_password_and_every_other_login_ends(bob: Visitor, stranger: Visitor) -> None:
    stranger.log_in("bob@werkbank.example")
    assert bob.post("/auth/password", present=PASSWORD, password="another good one").status_code == 204
    assert bob.get("/auth/me").status_code == 200
    assert stranger.get("/auth/me").status_code == 401
    assert stranger.log_in("bob@werkbank.example").status_code == 401
    assert stranger.log_in("bob@werkbank.example", "another good one").status_code == 200


def test_the_present_password_is_asked_for_and_guessing_it_is_slowed_down(bob: Visitor) -> None:
    wrong = {"present": "not it at all", "password": "another good one"}
    codes = [bob.post("/auth/password", **wrong).status_code for _ in range(12)]
    assert codes == [400] * 10 + [429] * 2
    assert bob.log_in("bob@werkbank.example").status_code == 200


def test_a_user_changes_the_own_name(bob: Visitor) -> None:
    assert bob.change("/auth/me", name=" Robert ").json["data"]["user"]["name"] == "Robert"
    assert bob.change("/auth/me", name="  ").status_code == 400
    assert bob.get("/auth/me").json["data"]["user"]["name"] == "Robert"


# The event log.


def test_what_is_done_to_accounts_is_in_the_event_log(ada: Visitor, stranger: Visitor, database: Database) -> None:
    secret = secret_of(ada.post("/users/invitations", email=EVE))
    stranger.post("/auth/invitation/accept", token=secret, password=PASSWORD)
    user = id_of(ada, EVE)
    ada.change(f"/users/{user}", role="admin", max_nodes=5)
    ada.change(f"/users/{user}", role="user", is_closed=True)
    ada.change(f"/users/{user}", is_closed=False)
    with database.begin() as session:
        found = [
            (entry.actor.partition("@")[0], entry.action, entry.data.get("changed"))
            for entry in reversed(journal.entries(session, subject=user))
        ]
    assert found == [
        ("ada", "add", None),
        ("ada", "invite", None),
        ("eve", "change", ["password"]),
        ("eve", "login", None),
        ("ada", "change", ["role"]),
        ("ada", "change", ["max_nodes"]),
        ("ada", "change", ["role"]),
        ("ada", "close", None),
        ("ada", "reopen", None),
    ]
