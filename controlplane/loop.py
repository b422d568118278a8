"""When the loop looks: at once when somebody says so, soon while something is on its way, now and then otherwise."""

import logging
import threading
from collections.abc import Callable

from controlplane.errors import SwarmUnreadable
from controlplane.reconcile import Reconciler

log = logging.getLogger(__name__)

# Seconds that the loop waits after a wish for the next, so that a burst of them shares a run.
GATHER = 0.05
# Seconds until the next look while all that is on its way tells by itself that it has come: runs end, pages answer.
UNASKED = 1.0


def run_loop(
    reconciler: Reconciler,
    stop: threading.Event,
    soon: float = 0.2,
    later: float = 3.0,
    leads: Callable[[], bool] = lambda: True,
) -> None:
    """Look until told to stop, or until another leads; an unreadable swarm is looked at again with a growing pause, never
    decided upon."""
    pause, gather = soon, 0.0
    while not stop.is_set() and leads():
        try:
            is_moving = reconciler.look(gather)
            pause = (soon if reconciler.awaits_swarm else UNASKED) if is_moving else later
        except SwarmUnreadable as error:
            pause = min(pause * 2, 10.0)
            log.warning("%s Looking again in %.1f s.", error, pause)
        except Exception:
            pause = min(pause * 2, 10.0)
            log.exception("A look failed; nothing was decided. Looking again in %.1f s.", pause)
        gather = GATHER if reconciler.wake.wait(pause) and not reconciler.is_hurried else 0.0
        reconciler.is_hurried = False
        reconciler.wake.clear()
