"""Calls under way side by side, with a bounded look-ahead so that memory stays flat."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

AT_ONCE = 16
"""How many calls to have under way side by side: enough to use HubSpot's whole rate limit at 800 ms a call."""


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


def results_by_item(function: Callable[[K], R], items: Iterable[K], *, at_once: int = AT_ONCE) -> dict[K, R]:
    """Return item -> `function(item)` in the items' order, asked on up to `at_once` threads. Raises as `in_order`."""
    keys = list(items)
    return dict(zip(keys, in_order(function, keys, at_once=at_once), strict=True))


def as_they_come(
    function: Callable[[T], Iterable[R]], items: Iterable[T], *, at_once: int = AT_ONCE
) -> Generator[R, None, None]:
    """What `function(item)` yields for each item, on up to `at_once` threads, in no order between the items.

    For many lists of very different lengths: a long one does not hold up the others. At most a few results
    wait to be taken. The first exception is raised as soon as it comes, and what has not begun never does.
    """
    results: queue.Queue[R | BaseException | None] = queue.Queue(2 * at_once)
    waiting = iter(items)
    drawing = threading.Lock()
    stop = threading.Event()

    def draw() -> list[T]:
        with drawing:
            return [] if stop.is_set() else list(islice(waiting, 1))

    def hand_over(result: R | BaseException | None) -> None:
        while not stop.is_set():
            try:
                return results.put(result, timeout=1)
            except queue.Full:
                continue
        return None

    def work() -> None:
        try:
            while drawn := draw():
                for result in function(drawn[0]):
                    hand_over(result)
                    if stop.is_set():
                        break
            hand_over(None)
        except BaseException as error:
            hand_over(error)

    threads = [threading.Thread(target=work, name="hubspot", daemon=True) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    try:
        ended = 0
        while ended < at_once:
            result = results.get()
            if result is None:
                ended += 1
            elif isinstance(result, BaseException):
                raise result
            else:
                yield result
    finally:
        stop.set()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of up to `size`, drawn lazily."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch
