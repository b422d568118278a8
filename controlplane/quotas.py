"""How many nodes may run for one user and in one project."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from controlplane.errors import ProjectNotFound, QuotaExceeded
from controlplane.model import Desired, Node, Project, User
from controlplane.settings import Settings

# What counts: a node that failed takes nothing.
_RUNNING = (Node.desired == Desired.RUNNING, Node.failure.is_(None))


@dataclass(frozen=True)
class Quota:
    """At most so many nodes that run or start, of one user and of one project."""

    user_nodes: int = 100
    project_nodes: int = 100

    @classmethod
    def of(cls, settings: Settings) -> "Quota":
        """The deployment's."""
        return cls(settings.user_nodes, settings.project_nodes)


def claim(session: Session, project: Project, quota: Quota) -> None:
    """Make sure that one more node may run. Holds the owner's row until the transaction ends: two requests that arrive
    together are counted one after the other. A quota of the owner's own holds in place of the deployment's. Raises
    ``QuotaExceeded``, and ``ProjectNotFound`` when the project has gone to the trash meanwhile."""
    own = session.scalar(select(User.max_nodes).where(User.id == project.owner_id).with_for_update())
    there = exists().where(Project.id == project.id, Project.trashed_at.is_(None), Project.removed_at.is_(None))
    counted = select(func.count().filter(Node.project_id == project.id), func.count(), there.correlate(None))
    of_owner = counted.select_from(Node).join(Project).where(*_RUNNING, Project.owner_id == project.owner_id)
    in_project, of_user, is_there = session.execute(of_owner).one()
    if not is_there:
        raise ProjectNotFound
    if in_project >= quota.project_nodes:
        raise QuotaExceeded(_sentence("in this project", in_project, quota.project_nodes, "WERKBANK_PROJECT_NODES"))
    most, setting = (quota.user_nodes, "WERKBANK_USER_NODES") if own is None else (own, "your own quota")
    if of_user >= most:
        raise QuotaExceeded(_sentence("of yours in all projects together", of_user, most, setting))


def running_nodes(session: Session) -> dict[str, int]:
    """How many nodes count towards the quota of each user, by the user's id; who has none is not in it."""
    query = select(Project.owner_id, func.count()).select_from(Node).join(Project).where(*_RUNNING)
    return {row[0]: row[1] for row in session.execute(query.group_by(Project.owner_id))}


def _sentence(where: str, count: int, most: int, setting: str) -> str:
    return (
        f"{count} nodes {where} run already, and at most {most} may; nothing was changed. Close one that you do not need "
        f"and try again, or ask an administrator to raise {setting}."
    )
