"""Python's cyclic garbage collector, set for a process that serves.

Its defaults look at everything that a process imported, again and again, for every few thousand objects that a flush of
webhooks makes and drops at once: 7 % of the CPU of ingest (py-spy, 2026-11).
"""

import gc

# Objects made before a collection of the young, and collections before one of the older: a flush of 100 messages makes
# some 5,000 that reference counting frees by itself; cycles (mostly of exceptions) are few.
_YOUNG, _MIDDLE, _OLD = 20_000, 50, 100


def settle_garbage_collector() -> None:
    """Once everything is imported and built: what is there stays, and collections become rare."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
