"""One read for several writers: each gets every item, in order, and none is more than an item ahead of another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import Generic, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


class _Stopped(Exception):
    """The read ended before its rows did."""


class _Feed(Generic[_T]):
    """The items for one writer. It ends with None, or with `_Stopped` where the read failed."""

    def __init__(self) -> None:
        self._queue: Queue[_T | BaseException | None] = Queue(maxsize=1)

    def put(self, item: _T | BaseException | None) -> None:
        self._queue.put(item)

    def __iter__(self) -> Iterator[_T]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def drain(self) -> None:
        """Let the read go on when the writer does not."""
        for _ in self:
            pass


class Sharing(Generic[_T, _R]):
    """Writers at work, each on a thread of its own, while they are given items. `end` or `stop` must come."""

    def __init__(self, writers: Sequence[Callable[[Iterable[_T]], _R]]) -> None:
        self._feeds: list[_Feed[_T]] = [_Feed() for _ in writers]
        self._has_failed = False
        self._is_over = False
        self._pool = ThreadPoolExecutor(len(writers), "lake-sharing")
        self._written: list[Future[_R]] = [
            self._pool.submit(self._fed, writer, feed) for writer, feed in zip(writers, self._feeds, strict=True)
        ]

    def add(self, item: _T) -> None:
        """Give an item to all of them. Raises what a writer raised, when none is at work any more."""
        for feed in self._feeds:
            feed.put(item)
        if self._has_failed or any(one.done() for one in self._written):
            self._finish(_Stopped())

    def end(self) -> list[_R]:
        """Return what each made of all the items, in the order of the writers. Raises what one of them raised."""
        return self._finish(None)

    def stop(self) -> list[_R]:
        """Stop them, and return what those made that had come to their end."""
        self._put_last(_Stopped())
        return [one.result() for one in self._written if not one.exception()]

    def _finish(self, last: BaseException | None) -> list[_R]:
        self._put_last(last)
        failures = [error for one in self._written if (error := one.exception())]
        for error in failures:
            if not isinstance(error, _Stopped):
                raise error
        return [one.result() for one in self._written]

    def _put_last(self, last: BaseException | None) -> None:
        if not self._is_over:
            self._is_over = True
            for feed in self._feeds:
                feed.put(last)
            self._pool.shutdown()

    def _fed(self, writer: Callable[[Iterable[_T]], _R], feed: _Feed[_T]) -> _R:
        try:
            return writer(feed)
        except _Stopped:
            raise
        except BaseException:
            # The read is told at its next item, and not when it ends.
            self._has_failed = True
            _drained(feed)
            raise


def share(items: Iterable[_T], writers: Sequence[Callable[[Iterable[_T]], _R]]) -> list[_R]:
    """Return what each writer makes of all the items, in the order of the writers.

    Raises what the items raise, or what a writer raises, when no writer is at work any more.
    """
    if len(writers) == 1:
        return [writers[0](items)]
    sharing = Sharing(writers)
    try:
        for item in items:
            sharing.add(item)
    except BaseException:
        sharing.stop()
        raise
    return sharing.end()


def _drained(feed: _Feed[_T]) -> None:
    try:
        feed.drain()
    except _Stopped:
        return
