"""Calls under way side by side, results in order, with a bounded look-ahead so that memory stays flat."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from .client import AT_ONCE

T = TypeVar("T")
R = TypeVar("R")


def in_order(function: Callable[[T], R], items: Iterable[T], *, at_once: int = AT_ONCE) -> Iterator[R]:
    """`function(item)` for each item, on up to `at_once` threads, yielded in the items' order.

    `items` is drawn from lazily, on the caller's thread. The first exception is raised at its place, and
    what has not begun by then never does.
    """
    waiting = iter(items)
    first = list(islice(waiting, 2))
    if len(first) < 2:  # one call needs no threads
        yield from map(function, first)
        return
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="hubspot")
    under_way: deque[Future[R]] = deque()
    try:
        under_way.extend(pool.submit(function, item) for item in first)
        under_way.extend(pool.submit(function, item) for item in islice(waiting, at_once - 2))
        while under_way:
            result = under_way.popleft().result()
            under_way.extend(pool.submit(function, item) for item in islice(waiting, 1))
            yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
