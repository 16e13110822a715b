"""How memory is managed while many threads read pages of many small objects.

It is the whole process that is set up so: programs of ours do it where they start (the command line, the code
location). A client in somebody else's process changes nothing of it. Not here: how many pages wait (`ranges`).
"""

import ctypes
import gc
import sys
from functools import cache

_COLLECT_AFTER = (50_000, 20, 50)
# From glibc's malloc.h.
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


@cache
def prepare_for_pages() -> None:
    """Once in a process: keep its heap small, and have the garbage collector look at it less often."""
    # A page's ten thousand lists provoke collections again and again, full ones too, which look at all that was ever
    # imported: measured, two thirds of the time that decoding took. JSON has no cycles to find.
    gc.set_threshold(*_COLLECT_AFTER)
    _keep_heap_small()


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
