"""Rows that a list tells more than once, as it does while its portal changes, or where a cursor names the last row.

Each is taken once, in its newest state. Not here: cursors that lead nowhere (`paging`, `listing`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from hubspot_assets.hubspot.http.decoding import as_id
from hubspot_assets.outside_text import is_whole

Row: TypeAlias = dict[str, Any]

_CHANGED = "updatedAt"


def told_of(what: str) -> str:
    """Return the sentence that a reader of the tables finds."""
    return f"HubSpot returned some rows of {what} more than once; the table has each of them once, in its newest state."


def newest(first: Row, again: Row) -> Row:
    """Return that of two readings of one row which is in a later state; the first where none says so."""
    before, after = first.get(_CHANGED), again.get(_CHANGED)
    is_newer = isinstance(before, str) and isinstance(after, str) and after.rstrip("Z") > before.rstrip("Z")
    return again if is_newer else first


def once(rows: Iterable[Row], key: str) -> list[Row]:
    """Return the rows with each id once, at its first place."""
    found: dict[str | None, Row] = {}
    for row in rows:
        row_id = as_id(row[key])
        found[row_id] = newest(found[row_id], row) if row_id in found else row
    return list(found.values())


def renewed(rows: Sequence[Row], again: Sequence[Row], key: str) -> list[Row]:
    """Return the rows, each in the state in which it was told again, where that is newer."""
    newer = {as_id(row[key]): row for row in again}
    return [newest(row, newer.get(as_id(row[key]), row)) for row in rows] if newer else list(rows)


class Once:
    """The rows of one list, page by page, each id once.

    A page waits for the next one, which may tell some of its rows in a newer state, if its rows tell when they changed.
    """

    def __init__(self, key: str) -> None:
        self.repeated = 0
        self._key = key
        self._seen: set[int | str] = set()
        self._held: list[Row] = []

    def taken(self, page: list[Row]) -> Iterator[list[Row]]:
        """Take in a page, and yield what need not wait any longer."""
        rows = once(page, self._key)
        fresh = [row for row in rows if self._id(row) not in self._seen]
        self._seen.update(map(self._id, fresh))
        self.repeated += len(page) - len(fresh)
        again = rows if len(fresh) < len(rows) else []
        if self._held:
            yield renewed(self._held, again, self._key)
        self._held = fresh
        if not any(_CHANGED in row for row in fresh):
            yield from self.rest()

    def rest(self) -> Iterator[list[Row]]:
        """Yield what waits for a page that does not come."""
        held, self._held = self._held, []
        yield held

    def _id(self, row: Row) -> int | str:
        row_id = str(as_id(row[self._key]))
        return int(row_id) if is_whole(row_id) and str(int(row_id)) == row_id else row_id  # half the memory of text
