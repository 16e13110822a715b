"""What happened within a window of time, which HubSpot tells page by page: each row once, however long the window is.

Not here: how one window is asked for (`events`, `email_events`).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

from hubspot_assets.concurrency import as_they_come
from hubspot_assets.hubspot.http.decoding import as_id

Page: TypeAlias = list[dict[str, Any]]

_PAGES_BY_ONE_CURSOR = 6
# Small pages, of heavy rows, are no reason to begin anew side by side.
_ROWS_BY_ONE_CURSOR = 500
_PARTS = 12


def each_once(read: Callable[[datetime, datetime], Iterator[Page]], start: datetime, end: datetime) -> Iterator[Page]:
    """Yield the rows that `read` gives of the time from `start` up to `end`, each `id` once, by page.

    Where that is more than a few pages, parts of the window are read side by side: in no order then.
    """
    seen: set[str] = set()
    whole = read(start, end)
    for number, page in enumerate(whole, start=1):
        yield _new(page, seen)
        if number >= _PAGES_BY_ONE_CURSOR and len(seen) >= _ROWS_BY_ONE_CURSOR:
            break
    if next(whole, None) is None:
        return
    part = (end - start) / _PARTS
    parts = [(start + n * part, start + (n + 1) * part if n + 1 < _PARTS else end) for n in range(_PARTS)]
    for page in as_they_come(lambda window: read(*window), parts):
        yield _new(page, seen)


def _new(page: Page, seen: set[str]) -> Page:
    fresh = []
    for row in page:
        row_id = str(as_id(row["id"]))
        if row_id not in seen:
            seen.add(row_id)
            fresh.append(row)
    return fresh
