"""Projects: tags, copies, templates, the trash, and links that nobody loses."""

import json
from datetime import timedelta
from typing import Any

import pytest

from controlplane import accounts, copies, links, nodes, projects, sharing
from controlplane.errors import BadInput, LinkNotFound, ProjectNotFound
from controlplane.model import Node, Project, User
from tests.support.fakes import image
from tests.unit.conftest import ECHO, Time, World

PORTS = {"limit": {"label": "Limit", "type": "integer"}, "title": {"label": "Title", "type": "string"}}


def user(world: World, session: Any) -> User:
    """The owner."""
    return session.get_one(User, world.user_id)  # type: ignore[no-any-return]


def another(session: Any) -> User:
    """Somebody else."""
    return accounts.add_user(session, "bob@werkbank.example", "a good password")


def joined(source: str, target: str, port: str = "in") -> dict[str, str]:
    """A link."""
    return {"source_node": source, "source_port": "out", "target_node": target, "target_port": port}


def names(world: World, place: str) -> list[str]:
    """What the owner sees at a place."""
    with world.database.begin() as session:
        return [project.name for project in projects.list_projects(session, user(world, session), place)]


def test_tags_are_short_words_each_once(world: World) -> None:
    with world.database.begin() as session:
        project = projects.change_project(session, world.project(session), {"tags": [" bone  plate ", "2026", "Bone Plate", ""]})
        assert project.tags == ["bone plate", "2026"]
    for wrong in (["x" * 41], [str(number) for number in range(21)]):
        with world.database.begin() as session, pytest.raises(BadInput, match="nothing was changed"):
            projects.change_project(session, world.project(session), {"tags": wrong})


def test_a_copy_has_nodes_links_places_and_inputs_and_nothing_of_it_starts(world: World) -> None:
    first, second = world.add_node(), world.add_node()
    world.settle()
    with world.database.begin() as session:
        project = world.project(session)
        node = session.get_one(Node, first)
        node.x, node.y, node.name, node.inputs = 12.0, 34.0, "Solver", {"limit": 5}
        links.add_link(session, project, joined(first, second))
        copy = copies.duplicate(session, user(world, session), project, "Second plate")
        copied = {row.name: row for row in copy.nodes}
        assert (copied["Solver"].x, copied["Solver"].y, copied["Solver"].inputs) == (12.0, 34.0, {"limit": 5})
        assert {row.state for row in copy.nodes} == {"created"}
        [link] = copy.links
        assert {link.source_node, link.target_node} == {row.id for row in copy.nodes}
        assert copied["Solver"].route != node.route
        ids = [row.id for row in copy.nodes]
    started = len(world.adapters.swarm.view().seen)
    world.settle()
    assert len(world.adapters.swarm.view().seen) == started
    assert {world.node(each).state for each in ids} == {"created"}


def test_a_template_is_for_everybody_to_copy_and_for_nobody_to_look_into(world: World) -> None:
    world.add_node()
    with world.database.begin() as session:
        project, bob = world.project(session), another(session)
        with pytest.raises(ProjectNotFound):
            projects.access.get_to_copy(session, bob, project.id)
        projects.change_project(session, project, {"is_template": True})
        session.flush()
        assert [each.id for each in projects.list_projects(session, bob, "templates")] == [project.id]
        with pytest.raises(ProjectNotFound):
            projects.get_project(session, bob, project.id)
        copy = copies.duplicate(session, bob, projects.access.get_to_copy(session, bob, project.id))
        assert (copy.owner_id, copy.is_template, len(copy.nodes)) == (bob.id, False, 1)


def test_the_trash_closes_the_nodes_and_hides_the_project_from_all_but_its_owner(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    with world.database.begin() as session:
        project, bob = world.project(session), another(session)
        sharing.share(session, project, bob.email, "edit")
        projects.trash_project(session, project)
        bob_id = bob.id
    world.settle()
    assert world.adapters.swarm.view().seen == ()
    assert world.node(node_id).state == "stopped"
    assert (names(world, "projects"), names(world, "trash")) == ([], ["Bone plate study"])
    with world.database.begin() as session:
        assert projects.list_projects(session, session.get_one(User, bob_id)) == []
        with pytest.raises(ProjectNotFound, match="in the trash"):
            world.project(session)
        with pytest.raises(ProjectNotFound, match="not shared with you"):
            projects.get_project(session, session.get_one(User, bob_id), world.project_id)


def test_what_is_restored_is_as_it_was_with_its_nodes_closed(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    with world.database.begin() as session:
        projects.trash_project(session, world.project(session))
    world.settle()
    with world.database.begin() as session:
        projects.restore_project(session, projects.access.get_own(session, user(world, session), world.project_id))
    world.settle()
    assert world.node(node_id).state == "stopped"
    assert (names(world, "projects"), names(world, "trash")) == (["Bone plate study"], [])
    world.start(node_id)
    world.settle()
    assert world.node(node_id).state == "running"


def test_a_start_that_crosses_the_way_to_the_trash_starts_nothing(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    world.stop(node_id)
    with world.database.begin() as session:
        project = world.project(session)
        node = session.get_one(Node, node_id)
        projects.trash_project(session, project)
        session.flush()
        with pytest.raises(ProjectNotFound):
            nodes.start_node(session, project, node)


def test_the_trash_is_emptied_of_what_is_old_and_of_nothing_else(world: World, time: Time) -> None:
    node_id = world.add_node()
    with world.database.begin() as session:
        projects.trash_project(session, world.project(session))
    world.settle()
    time.pass_by(days=29)
    with world.database.begin() as session:
        other = projects.add_project(session, user(world, session), "Thrown away today")
        projects.trash_project(session, other)
        kept = projects.add_project(session, user(world, session), "In use").id
        assert projects.empty_trash(session, timedelta(days=30)) == 0
    time.pass_by(days=2)
    with world.database.begin() as session:
        assert projects.empty_trash(session, timedelta(days=30)) == 1
        assert projects.empty_trash(session, timedelta(days=30)) == 0
    world.settle()
    assert world.is_forgotten(node_id)
    assert names(world, "trash") == ["Thrown away today"]
    with world.database.begin() as session:
        assert session.get(Project, world.project_id) is None
        assert session.get(Project, kept) is not None


def test_what_is_removed_for_good_is_forgotten_only_once_its_nodes_are_gone(world: World) -> None:
    node_id = world.add_node()
    world.settle()
    with world.database.begin() as session:
        project = world.project(session)
        projects.trash_project(session, project)
        projects.remove_project(session, project)
    with world.database.begin() as session:
        assert session.get(Project, world.project_id) is not None
        with pytest.raises(ProjectNotFound):
            projects.access.get_own(session, user(world, session), world.project_id)
    world.settle()
    assert world.is_forgotten(node_id)
    with world.database.begin() as session:
        assert session.get(Project, world.project_id) is None


def test_one_link_comes_and_goes_without_the_others(world: World) -> None:
    first, second, third = (world.add_node() for _ in range(3))
    with world.database.begin() as session:
        project = world.project(session)
        one = links.add_link(session, project, joined(first, second))
        two = links.add_link(session, project, joined(first, third))
        assert links.add_link(session, project, joined(first, second)).id == one.id
        links.remove_link(session, project, one.id)
        assert [link.id for link in project.links] == [two.id]
        with pytest.raises(LinkNotFound):
            links.remove_link(session, project, one.id)


def test_an_input_takes_one_link_the_new_one_takes_the_old_ones_place(world: World) -> None:
    first, second, third = (world.add_node() for _ in range(3))
    with world.database.begin() as session:
        project = world.project(session)
        links.add_link(session, project, joined(first, third))
        links.add_link(session, project, joined(second, third))
        assert [link.source_node for link in project.links] == [second]


def test_a_link_joins_two_nodes_that_are_there(world: World) -> None:
    first, second = world.add_node(), world.add_node()
    world.remove(second)
    with world.database.begin() as session:
        for wrong in (joined(first, first), joined(first, second), joined(first, "nowhere")):
            with pytest.raises(BadInput, match="nothing was changed"):
                links.add_link(session, world.project(session), wrong)


def test_a_service_that_the_catalogue_lacks_is_named(world: World) -> None:
    world.add_node()
    with world.database.begin() as session:
        project = world.project(session)
        assert copies.missing_services(session, project.nodes) == []
        project.nodes[0].service_version = "9.9.9"
        assert copies.missing_services(session, project.nodes) == [{"key": ECHO, "version": "9.9.9"}]


def test_two_who_change_different_inputs_of_a_node_lose_nothing(world: World) -> None:
    world.push(image(ECHO, "2.0.0", **{"io.simcore.inputs": json.dumps({"inputs": PORTS})}))
    with world.database.begin() as session:
        project = world.project(session)
        node = nodes.add_node(session, project, ECHO, "2.0.0", inputs={"limit": 1, "title": "old"})
        nodes.change_node(session, project, node, {"some_inputs": {"limit": 2}})
        nodes.change_node(session, project, node, {"some_inputs": {"title": "new"}})
        assert node.inputs == {"limit": 2, "title": "new"}
        nodes.change_node(session, project, node, {"some_inputs": {"limit": None}})
        assert node.inputs == {"title": "new"}
        with pytest.raises(BadInput, match="'limit' must be of type integer"):
            nodes.change_node(session, project, node, {"some_inputs": {"limit": "many"}})
