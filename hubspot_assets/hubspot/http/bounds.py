"""How long one answer may take to its end, and how much it may hold: without bounds, whoever answers decides.

A time-out of a socket is about silence: a byte every few seconds goes on for ever. And what 2 MB of gzip hold may be
gigabytes. Here: connections that read until a deadline, and the content of an answer up to a size. Not here: what such
a failure means (`client`), and asking for less at once (`page_size`).
"""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import client as http
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

MOST_BYTES = 128 << 20
"""Of one answer, decoded. Real pages have a few; HubSpot's longest record is far below."""

_until: ContextVar[tuple[float, float]] = ContextVar("until", default=(float("inf"), float("inf")))


class TooLong(Exception):
    """An answer of more bytes than are read of one."""


@contextmanager
def to_its_end_within(seconds: float) -> Iterator[None]:
    """Give what is asked through an `Adapter` in the block raises TimeoutError unless it is read to its end in this
    time.
    """
    token = _until.set((time.monotonic() + seconds, seconds))
    try:
        yield
    finally:
        _until.reset(token)


def content(response: requests.Response, most: int = MOST_BYTES) -> bytes:
    """Return the decoded content of a streamed answer. Raises TooLong, and what urllib3 raises."""
    # At once: piece by piece, as `response.content` does it, costs as much as the decoding.
    read: bytes = response.raw.read(most + 1, decode_content=True)
    if len(read) > most:
        raise TooLong(f"an answer of more than {most >> 20} MB")
    return read


class Adapter(HTTPAdapter):
    """An adapter of `requests` whose connections keep to the deadline, through proxies as well."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager: Any = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class _ReadingInTime(io.RawIOBase):
    """What comes in on a socket, until the deadline that holds when this is made."""

    def __init__(self, sock: socket.socket) -> None:
        self._until, self._seconds = _until.get()
        self._sock = sock
        self._silence = sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left > 0:
            self._sock.settimeout(left if self._silence is None else min(left, self._silence))
            try:
                return self._raw.readinto(buffer)
            except TimeoutError:
                if time.monotonic() < self._until:
                    raise
        raise TimeoutError(f"the answer was not complete after {self._seconds:g} s")

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_ReadingInTime(sock))


class _Connection(HTTPConnection):
    response_class = _Answer


class _TlsConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}
