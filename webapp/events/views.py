"""The event stream of a project: server-sent events, level-triggered.

A stream sends what differs from what it has sent, so that nothing is missed however often it is cut. An open stream is
its tab's presence.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, request
from sqlalchemy.orm import Session

from controlplane import access, leases, presence, projects
from controlplane.database import Bell, Database
from controlplane.errors import ControlPlaneError, NotLoggedIn
from controlplane.model import LoginSession, Project, User
from webapp.identity import identity, logged_in, me
from webapp.nodes.schemas import NodeOut, node_out
from webapp.projects.schemas import LinkOut
from webapp.projects.shown import grace
from webapp.projects.views import find
from webapp.transaction import database

bp = APIBlueprint("events", __name__, url_prefix="/api/v0/projects/<project_id>/events", tag="Events")
# Seconds between signs of life of an open stream.
_PULSE = 5.0
_LONGEST_REST = 1.0
_NODE = NodeOut()


@bp.get("")
@bp.doc(responses={200: "text/event-stream"})
@logged_in
def stream(project_id: str) -> Response:
    """Server-sent events `node`, `node_removed`, `project` and `here`; `?tab=` names the tab that listens."""
    find(project_id)
    tab = request.args.get("tab", "")[:64] or "stream"
    login = identity().login
    source = _Source(database(), me(), login.id if login else None, project_id, tab)
    frames = source.frames(current_app.extensions["bell"])
    return Response(frames, mimetype="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


class _Source:
    """One tab's stream."""

    def __init__(self, rows: Database, user: User, login_id: str | None, project_id: str, tab: str):
        self._rows, self._user, self._login_id, self._project_id, self._tab = rows, user, login_id, project_id, tab
        self._grace = grace()
        self._sent: dict[str, Any] = {}
        self._noted_at = -_PULSE

    def frames(self, bell: Bell) -> Iterator[str]:
        """Text of the stream; ends when the project, or the right to see it, is gone."""
        yield "retry: 2000\n\n"
        took = 0.0
        while True:
            # While many things happen at once a stream takes half of the time at the most: what rang meanwhile shares a look.
            time.sleep(min(took, _LONGEST_REST))
            count, began = bell.count(self._project_id), time.monotonic()
            try:
                changed = list(self._changes())
            except ControlPlaneError:
                return
            took = time.monotonic() - began
            yield "".join(changed) or ": still here\n\n"
            bell.wait(count, max(0.0, self._noted_at + _PULSE - time.monotonic()), self._project_id)

    def _changes(self) -> Iterator[str]:
        with self._rows.begin() as session:
            self._check_login(session)
            project = projects.get_project(session, self._user, self._project_id)
            self._note_presence(session, project)
            found = leases.of_nodes(session, project.nodes, self._grace)
            nodes = {node.id: node_out(node, found[node.id]) for node in projects.visible_nodes(project)}
            for node_id, node in nodes.items():
                yield from self._differing(f"node {node_id}", "node", node, _NODE.dump)
            for key in [key for key in self._sent if key.startswith("node ") and key[5:] not in nodes]:
                del self._sent[key]
                yield _frame("node_removed", {"id": key[5:]})
            yield from self._differing("project", "project", self._head(session, project))
            yield from self._differing("here", "here", self._here(session, project))

    def _note_presence(self, session: Session, project: Project) -> None:
        """A stream that is open says so with each pulse, however often it looks."""
        if time.monotonic() - self._noted_at >= _PULSE:
            presence.note_presence(session, self._user, project, self._tab)
            self._noted_at = time.monotonic()

    def _head(self, session: Session, project: Project) -> dict[str, Any]:
        """What is not a node: the words, the links, and what this user may do by now."""
        names = ("id", "name", "description", "tags", "is_template")
        right = access.right_of(session, self._user, project)
        return {name: getattr(project, name) for name in names} | {
            "links": LinkOut(many=True).dump(project.links),
            "changed_at": project.changed_at.isoformat(),
            "right": right.word if right else "view",
        }

    def _here(self, session: Session, project: Project) -> dict[str, Any]:
        """How many tabs are open, and whose."""
        found = presence.people(session, project.id, timedelta(seconds=_PULSE * 3))
        people = [{"id": user.id, "name": user.name, "tabs": tabs} for user, tabs in found]
        return {"tabs": sum(each["tabs"] for each in people), "people": people}

    def _check_login(self, session: Session) -> None:
        """A session that was revoked ends its streams, too."""
        if self._login_id is not None and session.get(LoginSession, self._login_id) is None:
            raise NotLoggedIn

    def _differing(self, key: str, kind: str, data: Any, dump: Callable[[Any], Any] = lambda data: data) -> Iterator[str]:
        """A frame if the data is not what was sent last; it is written out only then."""
        if self._sent.get(key) != data:
            self._sent[key] = data
            yield _frame(kind, dump(data))


def _frame(kind: str, data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n"
