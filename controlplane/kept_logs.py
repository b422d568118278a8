"""The last words of a node that failed: kept for an hour, though its service is gone."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from controlplane.clock import now
from controlplane.model import Node
from controlplane.ports import ContainerLog
from controlplane.records import KeptLog

KEEP = timedelta(hours=1)
_MAX_CHARACTERS = 256 * 1024


def keep(session: Session, node: Node, logs: tuple[ContainerLog, ...]) -> None:
    """Keep what the containers of this incarnation said last."""
    for log in logs:
        session.add(
            KeptLog(
                node_id=node.id,
                route=node.route,
                container=log.container,
                text=log.text[-_MAX_CHARACTERS:],
                errors=list(log.errors),
                at=now(),
                kept_until=now() + KEEP,
            )
        )


def of_node(session: Session, node_id: str) -> list[KeptLog]:
    """What is still kept of a node, newest first."""
    query = select(KeptLog).where(KeptLog.node_id == node_id, KeptLog.kept_until > now())
    return list(session.scalars(query.order_by(KeptLog.at.desc(), KeptLog.container)))


def forget_old(session: Session) -> None:
    """What was kept for its time."""
    session.execute(delete(KeptLog).where(KeptLog.kept_until <= now()))
