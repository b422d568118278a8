"""Verbs that make a project from a description of one: of a copy, of a template, of a file."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from controlplane import journal, links, project_file, projects
from controlplane.model import Desired, Link, Node, Observed, Project, Service, User, new_id, new_route
from controlplane.nodes import checked_inputs

# What makes a node the same node elsewhere; its state, its page and its files are not among it.
_OF_NODE = ("name", "service_key", "service_version", "type", "inputs", "x", "y")


def describe(project: Project) -> dict[str, Any]:
    """All that a copy needs: words, tags, nodes with their inputs and places, and the links between them."""
    nodes = projects.visible_nodes(project)
    here = {node.id for node in nodes}
    joined = [link for link in project.links if {link.source_node, link.target_node} <= here]
    return {
        "name": project.name,
        "description": project.description,
        "tags": list(project.tags),
        "nodes": [{"id": node.id} | {name: getattr(node, name) for name in _OF_NODE} for node in nodes],
        "links": [{end: getattr(link, end) for end in links.ENDS} for link in joined],
    }


def make(session: Session, user: User, described: dict[str, Any], **about: Any) -> Project:
    """A new project of the user's from a description. Nothing starts by itself: its nodes are closed. ``about`` goes into
    its entry of the event log."""
    words = {name: described[name] for name in ("name", "description", "tags")}
    project = projects.add_project(session, user, **words, **about)
    ids = {node["id"]: new_id() for node in described["nodes"]}
    for node in described["nodes"]:
        row = _new_node(project, ids[node["id"]], node)
        session.add(row)
        session.flush()
        journal.note_node(session, journal.Action.ADD, row, service=f"{row.service_key}:{row.service_version}")
    for link in described["links"]:
        ends = {name: ids[link[name]] for name in ("source_node", "target_node")}
        session.add(Link(**link | ends, project_id=project.id))
    session.flush()
    session.expire(project, ["nodes", "links"])
    return project


def duplicate(session: Session, user: User, source: Project, name: str | None = None) -> Project:
    """A copy that is the user's, whoever owns the source. Who sees the source is not taken over."""
    described = describe(source)
    described["name"] = (name or "").strip() or source.name
    return make(session, user, described, copied_from=source.id)


def import_project(session: Session, user: User, document: Any) -> Project:
    """A new project from the document in a file. Services that the catalogue lacks stay on the canvas as they are; the
    inputs of the others must fit them. Raises ``BadInput``, and then nothing was made."""
    described = project_file.checked(document)
    for node in described["nodes"]:
        service = session.get(Service, (node["service_key"], node["service_version"]))
        if service is not None and not service.broken:
            node["type"] = service.metadata_["type"]
            checked_inputs(service, node["inputs"])
    return make(session, user, described, imported=True)


def missing_services(session: Session, nodes: Iterable[Node]) -> list[dict[str, str]]:
    """The services that these nodes need and the catalogue lacks: they stay on the canvas and cannot start."""
    wanted = sorted({(node.service_key, node.service_version) for node in nodes})
    query = select(Service.key, Service.version).where(tuple_(Service.key, Service.version).in_(wanted), Service.broken.is_(None))
    known = {(key, version) for key, version in session.execute(query)} if wanted else set()
    return [{"key": key, "version": version} for key, version in wanted if (key, version) not in known]


def _new_node(project: Project, node_id: str, described: dict[str, Any]) -> Node:
    return Node(
        id=node_id,
        project_id=project.id,
        route=new_route(),
        desired=Desired.STOPPED,
        observed=Observed.ABSENT,
        **{name: described[name] for name in _OF_NODE},
    )
