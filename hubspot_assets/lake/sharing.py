"""One read for several writers: each gets every frame, in order, and none is more than a frame ahead of another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import TypeVar

import polars as pl

_T = TypeVar("_T")


class _Stopped(Exception):
    """The read ended before its rows did."""


class _Feed:
    """The frames for one writer. It ends with None, or with `_Stopped` where the read failed."""

    def __init__(self) -> None:
        self._queue: Queue[pl.DataFrame | BaseException | None] = Queue(maxsize=1)

    def put(self, item: pl.DataFrame | BaseException | None) -> None:
        self._queue.put(item)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def drain(self) -> None:
        """Let the read go on when the writer does not."""
        for _ in self:
            pass


def share(frames: Iterable[pl.DataFrame], writers: Sequence[Callable[[Iterable[pl.DataFrame]], _T]]) -> list[_T]:
    """Return what each writer makes of all the frames, in the order of the writers.

    Raises what the frames raise, or what a writer raises, when no writer is at work any more.
    """
    if len(writers) == 1:
        return [writers[0](frames)]
    feeds = [_Feed() for _ in writers]
    with ThreadPoolExecutor(len(writers), "lake-formats") as pool:
        written = [pool.submit(_fed, writer, feed) for writer, feed in zip(writers, feeds, strict=True)]
        end: BaseException | None = None
        try:
            for frame in frames:
                for feed in feeds:
                    feed.put(frame)
                if any(one.done() for one in written):
                    end = _Stopped()
                    break
        except BaseException:
            end = _Stopped()
            raise
        finally:
            for feed in feeds:
                feed.put(end)
    failures = [error for one in written if (error := one.exception())]
    for error in failures:
        if not isinstance(error, _Stopped):
            raise error
    return [one.result() for one in written]


def _fed(writer: Callable[[Iterable[pl.DataFrame]], _T], feed: _Feed) -> _T:
    try:
        return writer(feed)
    except _Stopped:
        raise
    except BaseException:
        _drained(feed)
        raise


def _drained(feed: _Feed) -> None:
    try:
        feed.drain()
    except _Stopped:
        return
