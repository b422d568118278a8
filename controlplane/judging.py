"""How a start is judged: what it waits for, when it has failed, and why."""

import logging
from datetime import timedelta

from sqlalchemy.orm import Session

from controlplane import causes, containers, journal, kept_logs
from controlplane.causes import Failure
from controlplane.clock import now
from controlplane.database import ring
from controlplane.inquiries import Inquiries
from controlplane.model import Node, Observed
from controlplane.ports import ContainerLog, Seen, Swarm
from controlplane.settings import Settings
from controlplane.spec import start_bound

log = logging.getLogger(__name__)

STEPS_TOTAL = 5
# A host that has the image is done with preparing a container by then.
AT_HAND = timedelta(seconds=1.5)


class Judge:
    """One per loop; what it holds are the answers that it waits for."""

    def __init__(self, settings: Settings, swarm: Swarm):
        self._settings, self._swarm = settings, swarm
        self._logs: Inquiries[tuple[ContainerLog, ...]] = Inquiries("last words")
        self.answers: dict[str, str] = {}  # what was last seen of a page that is not there yet

    def judge(self, session: Session, node: Node, seen: Seen, is_busy: bool) -> None:
        """A start that failed, or that takes longer than its bound, ends with its reason."""
        if seen.cause and seen.cause not in causes.PATIENT and not _is_tried_again(node, seen):
            self.fail(session, node, _failure_of(seen), seen.details, seen.logs)
        elif node.observed == Observed.STARTING:
            if not is_busy:
                step(session, node, _waiting_for(node, seen), STEPS_TOTAL - 1)
            self._judge_patience(session, node, seen)

    def _judge_patience(self, session: Session, node: Node, seen: Seen) -> None:
        """The wait for a host and for the page has a bound; the last words of a page that never came are kept, too."""
        bound = start_bound(session, node, self._settings, seen.step)
        if now() - max(node.desired_at, node.observed_at, seen.created_at) <= bound:
            return
        is_over, logs = self._logs.ask(node.route, lambda: self._swarm.logs(node.id))
        if is_over:
            answer = self.answers.get(node.id, "it was not asked")
            code = "port-silent" if seen.is_started and not containers.missing(node.containers, seen) else "start-too-slow"
            late = causes.failure(code, port=node.port, seconds=bound.seconds, answer=answer, words=seen.step)
            why = _failure_of(seen) if seen.cause in causes.PATIENT else late
            self.fail(session, node, why, "\n".join(log.text for log in logs or ()), logs or ())
            self._logs.forget(node.route)

    def fail(self, session: Session, node: Node, why: Failure, details: str | None, logs: tuple[ContainerLog, ...] = ()) -> None:
        """The start has failed: with its reason, and the last words of its containers."""
        node.failure, node.cause, node.remedy = why.why, why.code, why.remedy
        node.details, node.step = details, None
        # What there is of it is tidied away at once.
        node.attempts, node.next_attempt_at = 0, None
        node.containers = [row | {"state": "failed"} if row["reason"] else row for row in node.containers]
        self.answers.pop(node.id, None)
        kept_logs.keep(session, node, logs)
        log.warning("Node %s failed (%s): %s", node.id, why.code, why.why)
        journal.note_node(session, journal.Action.FAILED, node, reason=why.why)
        ring(session, node.project_id)


def step(session: Session, node: Node, words: str, done: int) -> None:
    """What people read while it starts, and how many of the steps are done."""
    if (node.step, node.steps_done) != (words, done):
        node.step, node.steps_done = words, done
        ring(session, node.project_id)


def _is_tried_again(node: Node, seen: Seen) -> bool:
    """The swarm starts it again, and that may help: its page was there before, or it waits for another container."""
    may_help = seen.cause in causes.MAY_PASS or node.answered_at is not None or len(seen.containers) > 1
    return seen.is_retried and seen.cause in causes.MAY_PASS | causes.CRASHES and may_help


def _failure_of(seen: Seen) -> Failure:
    return Failure(seen.cause or "", seen.why or "", seen.remedy or "")


def _waiting_for(node: Node, seen: Seen) -> str:
    """What a start is waiting for, in words that people read."""
    if seen.cause in causes.PATIENT:
        return "waiting for a host that takes new services"
    if seen.is_retried:
        return f"it ended, and is started again: attempt {seen.failures + 1}"
    runs = sum(container.observed == Observed.RUNNING for container in seen.seen_containers)
    if len(node.containers) > 1 and runs < len(node.containers):
        return f"{runs} of {len(node.containers)} containers run"
    if seen.step == "preparing" and now() - seen.created_at > AT_HAND:
        return "its host is pulling the image"
    return "waiting for the page" if seen.is_started else "waiting for a host"
