"""Python's cyclic garbage collector, in processes that live for long."""

import gc

# So many objects more than before until it looks at the young ones; Python's own number is 700.
_YOUNG = 10_000


def relax() -> None:
    """What is there by now stays, and is not looked at again; what comes later, less often.

    To be called once a process has loaded what it needs. A look of the loop at ten thousand nodes makes so many objects
    that the collector would go through all of them several times meanwhile.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
