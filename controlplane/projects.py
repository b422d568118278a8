"""Verbs about projects: canvases of nodes and links, from the first click to the trash and out of it."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, selectinload

from controlplane import access, journal, links
from controlplane.access import Right
from controlplane.clock import now
from controlplane.database import ring
from controlplane.errors import BadInput
from controlplane.model import Desired, Node, Project, User

MOST_TAGS = 20
LONGEST_TAG = 40
_CLOSED_WITH_PROJECT = "Its project was moved to the trash. Its files are kept."


class Place(StrEnum):
    """Where a project is listed."""

    PROJECTS = "projects"  # one's own, and those that are shared with one
    TEMPLATES = "templates"
    TRASH = "trash"


def list_projects(session: Session, user: User, place: str = Place.PROJECTS) -> list[Project]:
    """The projects that a user sees at a place, the last changed first."""
    query = select(Project).where(Project.removed_at.is_(None), *_listed(user, place))
    query = query.options(selectinload(Project.nodes), selectinload(Project.links))
    return list(session.scalars(query.order_by(Project.changed_at.desc())))


def _listed(user: User, place: str) -> tuple[ColumnElement[bool], ...]:
    match place:
        case Place.TRASH:
            return Project.owner_id == user.id, Project.trashed_at.is_not(None)
        case Place.TEMPLATES:
            return Project.is_template.is_(True), Project.trashed_at.is_(None)
    return access.visible_to(user), Project.trashed_at.is_(None)


def get_project(session: Session, user: User, project_id: str, right: Right = Right.VIEW) -> Project:
    """One project. Raises as ``access.get_project`` does: who may not see it does not learn that it exists."""
    return access.get_project(session, user, project_id, right)


def add_project(session: Session, user: User, name: str, description: str = "", **about: Any) -> Project:
    """A new, empty canvas. ``about``: ``tags``; anything else goes into its entry of the event log."""
    tags = _tags(about.pop("tags", []))
    project = Project(owner_id=user.id, name=_name(name), description=description, tags=tags, nodes=[], links=[])
    session.add(project)
    session.flush()
    _note(session, journal.Action.ADD, project, **about)
    return project


def change_project(session: Session, project: Project, changes: dict[str, Any]) -> Project:
    """Change ``name``, ``description``, ``tags``, ``is_template`` or the whole list of ``links``; what is not named stays."""
    before = _described(project)
    if "name" in changes:
        project.name = _name(changes["name"])
    if "tags" in changes:
        project.tags = _tags(changes["tags"])
    if "links" in changes:
        links.hold(session, project)
        project.links = [links.new_link(session, project, link) for link in changes["links"]]
    for name in ("description", "is_template"):
        setattr(project, name, changes.get(name, getattr(project, name)))
    if changed := [what for what, was in before.items() if _described(project)[what] != was]:
        _note(session, journal.Action.CHANGE, project, changed=changed)
    project.changed_at = now()
    ring(session, project.id)
    return project


def trash_project(session: Session, project: Project) -> None:
    """Close its nodes and put it into the trash: it is nowhere else until it is restored. Its volumes stay."""
    project.trashed_at = now()
    # One statement, for somebody may be taking one of them off the canvas at this very moment.
    nothing = dict.fromkeys(("failure", "details", "step", "cause", "remedy", "next_attempt_at", "keep_until"))
    session.execute(
        update(Node)
        .where(Node.project_id == project.id, Node.desired == Desired.RUNNING)
        .values(desired=Desired.STOPPED, desired_at=now(), closed_because=_CLOSED_WITH_PROJECT, attempts=0, **nothing)
    )
    _note(session, journal.Action.TRASH, project)
    ring(session, project.id)


def restore_project(session: Session, project: Project) -> Project:
    """Bring a project back from the trash, its nodes closed; nothing happens when it is not there."""
    if project.trashed_at is not None:
        project.trashed_at, project.changed_at = None, now()
        _note(session, journal.Action.RESTORE, project)
        ring(session, project.id)
    return project


def remove_project(session: Session, project: Project) -> None:
    """Close all its nodes and forget it for good once they are gone; their volumes stay (docs/data.md)."""
    project.removed_at = now()
    # One statement, for the loop may be forgetting one of them at this very moment.
    session.execute(
        update(Node)
        .where(Node.project_id == project.id, Node.desired != Desired.ABSENT)
        .values(desired=Desired.ABSENT, desired_at=now(), attempts=0, next_attempt_at=None)
    )
    _note(session, journal.Action.REMOVE, project)
    ring(session, project.id)


def empty_trash(session: Session, older_than: timedelta) -> int:
    """Remove for good what has been in the trash for longer; how many projects that were."""
    old = select(Project).where(Project.trashed_at < now() - older_than, Project.removed_at.is_(None))
    found = list(session.scalars(old.with_for_update(skip_locked=True)))
    for project in found:
        remove_project(session, project)
    return len(found)


def _note(session: Session, action: str, project: Project, **data: Any) -> None:
    journal.note(session, action, "project", project.id, name=project.name, project_id=project.id, **data)


def _described(project: Project) -> dict[str, Any]:
    """What of a project is worth an entry when it changes."""
    joined = {tuple(getattr(link, end) for end in links.ENDS) for link in project.links}
    names = ("name", "description", "tags", "is_template")
    return {name: getattr(project, name) for name in names} | {"links": joined}


def _name(name: str) -> str:
    if not name.strip():
        raise BadInput("A project needs a name; nothing was changed.")
    return name.strip()


def _tags(tags: list[str]) -> list[str]:
    """Short words, each once whatever its capitals, in the order they were given."""
    words: dict[str, str] = {}
    for tag in tags:
        word = " ".join(tag.split())
        words.setdefault(word.casefold(), word)
    found = [word for word in words.values() if word]
    if len(found) > MOST_TAGS or any(len(word) > LONGEST_TAG for word in found):
        raise BadInput(f"A project has at most {MOST_TAGS} tags of at most {LONGEST_TAG} characters; nothing was changed.")
    return found


def visible_nodes(project: Project) -> list[Node]:
    """The nodes on the canvas: those that nobody has removed."""
    return [node for node in project.nodes if node.desired != Desired.ABSENT]
