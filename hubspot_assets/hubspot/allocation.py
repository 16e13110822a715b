"""How memory is asked of the operating system while many threads read pages.

Not here: how many pages wait (`ranges`).
"""

import ctypes
import sys
from functools import cache

# From glibc's malloc.h.
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


@cache
def keep_heap_small() -> None:
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
