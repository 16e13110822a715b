"""How memory is managed while many threads read pages of many small objects.

It is the whole process that is set up so: programs of ours do it where they start (the command line, the code
location). Whoever imports this package as a library gets a process that is as it was. Not here: how many pages wait
(`hubspot.record_pages.ranges`).
"""

import atexit
import ctypes
import gc
import os
import sys
from functools import cache

# By default it keeps what was freed for ten seconds, in pools for each thread, which costs memory; to give everything
# back at once, as new chunks come, costs an eighth of all CPU.
POLARS_ALLOCATOR = {"_RJEM_MALLOC_CONF": "narenas:1,dirty_decay_ms:200,muzzy_decay_ms:0"}
"""How Polars' allocator is to work, as the environment variable that it reads."""

_COLLECT_AFTER = (50_000, 20, 50)
# From glibc's malloc.h.
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


@cache
def prepare_for_pages() -> None:
    """Once in a process: keep its heaps small, and have the garbage collector look at them less often.

    Before Polars is imported: its allocator reads how it is to work when it is loaded, and never again.
    """
    for name, value in POLARS_ALLOCATOR.items():
        os.environ.setdefault(name, value)
    # A page's ten thousand lists provoke collections again and again, full ones too, which look at all that was ever
    # imported: measured, two thirds of the time that decoding took. JSON has no cycles to find.
    gc.set_threshold(*_COLLECT_AFTER)
    _keep_heap_small()


def end_at_once() -> None:
    """Have the process end without looking again, three times, for cycles in all that it ever imported.

    Measured, 0.8 s of an export. Not where DuckDB is used: it tells of everything that is left at the end.
    """
    atexit.register(gc.freeze)


def _keep_heap_small() -> None:
    """Have all threads share one heap, and give back at once what is large; does nothing where there is no glibc.

    By default every thread has a heap of its own, and a page's megabyte leaves a hole in it that others' small pieces
    keep from being given back: measured, twice the memory for the same pages.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, 128 << 10)
