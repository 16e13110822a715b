"""What was asked on the wire, so that a test can prove what an export asked for and what it did not."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import msgspec


@dataclass(frozen=True)
class LoggedRequest:
    """One request and what became of it. ``status`` is 0 where no answer was sent."""

    method: str
    path: str
    query_string: str
    body: bytes
    route: str
    """The path's template, empty for a path that does not exist."""
    status: int
    fault: str | None
    started: float
    """Seconds on the monotonic clock."""
    seconds: float

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.query_string, keep_blank_values=True)

    @property
    def json(self) -> Any:
        """The body, None where it was empty."""
        return msgspec.json.decode(self.body) if self.body else None


class RequestLog:
    """The requests in the order they were answered, the latest ``kept`` of them, and how many there were."""

    def __init__(self, kept: int | None = None) -> None:
        self._requests: deque[LoggedRequest] = deque(maxlen=kept)
        self.count = 0
        self.in_flight = 0
        self.most_in_flight = 0

    def add(self, request: LoggedRequest) -> None:
        self._requests.append(request)
        self.count += 1

    def clear(self) -> None:
        self._requests.clear()
        self.count = 0
        self.most_in_flight = self.in_flight

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(list(self._requests))

    def __len__(self) -> int:
        return len(self._requests)

    def __getitem__(self, index: int) -> LoggedRequest:
        return self._requests[index]
