"""Following `paging.next.after` to the end of a list, and never in a circle.

HubSpot's lists end where an answer has no `paging.next`. A short page does not end a list, and an empty page
that has a cursor does not either. Not here: what a cursor is (`cursors`), how large a page is (`page_size`).
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from hubspot_assets.hubspot import errors
from hubspot_assets.hubspot.http.client import Answer, Check, HubSpotClient, Params
from hubspot_assets.hubspot.http.cursors import Cursor, flaw_in_paging, next_after, previous_before
from hubspot_assets.hubspot.http.decoding import as_id, flaw_in_rows
from hubspot_assets.hubspot.http.repeats import Once, told_of
from hubspot_assets.hubspot.http.retrying import Suspicion

logger = logging.getLogger("hubspot_assets.hubspot")

_EMPTY_PAGES_ALLOWED = 20


RowCheck: TypeAlias = Callable[[dict[str, Any]], str | None]
"""Looks at one row and says what is wrong with it, or None."""

OnMissing: TypeAlias = Callable[[int], None]
"""Told how many rows HubSpot counts beyond those that it lists."""


def pages(
    client: HubSpotClient,
    path: str,
    params: Params | None = None,
    *,
    limit: int,
    smaller_limit: int | None = None,
    sizes_of: str | None = None,
    key: str | None = None,
    check_row: RowCheck | None = None,
    either_way: bool = False,
    missing: OnMissing | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a list, page by page; with `key`, each id once.

    `limit` is the page size to ask for; what HubSpot refuses with 400, or cannot answer, is asked for in smaller pages:
    of `smaller_limit`, where that is documented. `sizes_of`: lists of this name have one size in common; by default,
    each path has its own. `key`: a field that has to be an id in every row; `check_row`: a further look at a row.
    `either_way`: the list may begin with its last page, and is then followed by `paging.prev.before`. `missing` is
    told at the end how many rows less came than HubSpot's `total` says: it lags, so that this is no error.

    Raises `MalformedAnswer` for a row, a cursor or a page that stays wrong, for empty pages without end, and where
    HubSpot announces a page that stays empty.
    """
    check_row = check_row if key is None else _has_id(key, check_row)
    walk = _Walk(client, path, params or {}, check_row, either_way=either_way)
    size = client.page_size(sizes_of or path, limit, smaller_limit)
    once = Once(key) if key is not None else None
    while not walk.ended:
        rows, _ = size.ask(walk.page, walk.place)
        yield from once.taken(rows) if once is not None else [rows]
    if once is not None:
        yield from once.rest()
        if once.repeated:
            client.tell(told_of(sizes_of or path))
    if walk.missing:
        logger.info("%s: HubSpot counts %d more than it lists", path, walk.missing)
        if missing is not None:
            missing(walk.missing)


class _Walk:
    """One list on the way from its first page to its last."""

    def __init__(
        self, client: HubSpotClient, path: str, params: Params, check_row: RowCheck | None, *, either_way: bool
    ) -> None:
        self.ended = False
        self.missing = 0
        self._client, self._path, self._params = client, path, params
        self._check_row = check_row
        self._either_way = either_way
        self._way = "after"
        self._cursor: Cursor | None = None
        self._otherwise = False
        self._seen: set[str] = set()
        self._rows = 0
        self._empty = 0

    @property
    def place(self) -> str:
        """Where the next page is, in words."""
        return "the beginning of the list" if self._cursor is None else f"the cursor {str(self._cursor)!r}"

    def page(self, limit: int, tries: int | None) -> list[dict[str, Any]]:
        """Return the rows of the next page, and on to the one after it."""
        answer = self._asked(limit, tries, self._cursor)
        if answer is None and self._cursor is not None and self._cursor.otherwise is not None:
            # No page there for HubSpot, as its link spells the cursor, or, without a link, as the JSON does.
            self._otherwise = not self._otherwise
            answer = self._asked(limit, tries, self._cursor.otherwise)
        if answer is None:
            raise errors.MalformedAnswer("an empty page where rows were announced", method="GET", path=self._path)
        rows: list[dict[str, Any]] = answer["results"]
        self._way, after = self._next(answer)
        if after is None and len(rows) >= limit and not answer.get("paging"):
            self._check_end(limit)
        self._empty = 0 if rows else self._empty + 1
        if self._empty > _EMPTY_PAGES_ALLOWED:
            told = f"{self._empty} empty pages in a row, each with a cursor"
            raise errors.MalformedAnswer(told, method="GET", path=self._path)
        self._rows += len(rows)
        if after is None:
            self.ended = True
            self.missing = max(0, _total(answer) - self._rows)
        else:
            self._seen.add(after)
            self._cursor = after.otherwise or after if self._otherwise else after
        return rows

    def _asked(self, limit: int, tries: int | None, cursor: Cursor | None) -> Answer | None:
        """Return the page at a cursor; None where HubSpot has none there, though it announced it."""
        params = {**self._params, "limit": limit, self._way: cursor}
        try:
            answer = self._client.get(self._path, params, check=self._check(limit), tries=tries)
        except errors.BadRequest:
            if cursor is None or cursor.otherwise is None or cursor is not self._cursor:
                raise
            return None
        is_end = cursor is not None and not answer["results"] and self._next(answer)[1] is None
        # Where HubSpot counts no more than came, the rest was deleted a moment ago.
        return None if is_end and not 0 < _total(answer) <= self._rows else answer

    def _next(self, answer: Answer) -> tuple[str, Cursor | None]:
        """Which way the list is followed, and the cursor of the page that is next that way."""
        after, before = next_after(answer), previous_before(answer)
        if self._either_way and self._cursor is None:
            return ("before", before) if after is None and before is not None else ("after", after)
        return self._way, after if self._way == "after" else before

    def _check(self, limit: int) -> Check:
        """Return a check of one page: its rows, and that its cursor is one not seen before.

        What looks like an end and need not be one is asked for again before it is believed: a full page without
        `paging`, an empty page where the one before announced more, an end before as many rows as HubSpot counts.
        """
        no_paging, empty, fewer = Suspicion(), Suspicion(), Suspicion(2)

        def check(answer: Answer) -> str | None:
            flaw = flaw_in_rows(answer.get("results")) or flaw_in_paging(answer)
            rows, after = answer.get("results") or [], None if flaw else self._next(answer)[1]
            if flaw is None and self._check_row is not None:
                flaw = next(filter(None, map(self._check_row, rows)), None)
            if flaw is None and after is not None and after in self._seen:
                flaw = f"the cursor {str(after)!r} a second time"
            if flaw:
                return flaw
            if after is None and len(rows) >= limit and not answer.get("paging") and no_paging.not_yet_believed():
                return "a full page without 'paging'"
            if not rows and (self._seen or after is not None) and empty.not_yet_believed():
                return "an empty page where rows were announced"
            if after is None and self._rows + len(rows) < _total(answer) and fewer.not_yet_believed():
                return f"an end after {self._rows + len(rows)} of {_total(answer)} rows"
            return None

        return check

    def _check_end(self, limit: int) -> None:
        """Ask for one row less than a full page without 'paging' had: a list that pages has to tell a cursor then.

        Raises MalformedAnswer where it tells none: nobody can say whether the list has ended.
        """
        fewer = limit - 1 or 2

        def check(answer: Answer) -> str | None:
            flaw = flaw_in_rows(answer.get("results")) or flaw_in_paging(answer)
            if flaw is None and len(answer["results"]) == fewer and not answer.get("paging"):
                return "full pages without 'paging', so that there may be more"
            return flaw

        self._client.get(self._path, {**self._params, "limit": fewer, self._way: self._cursor}, check=check)


def rows(
    client: HubSpotClient,
    path: str,
    params: Params | None = None,
    *,
    limit: int,
    smaller_limit: int | None = None,
    key: str | None = None,
    check_row: RowCheck | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list, one by one; with `key`, each id once. Arguments and errors as for `pages`."""
    for page in pages(client, path, params, limit=limit, smaller_limit=smaller_limit, key=key, check_row=check_row):
        yield from page


def _has_id(key: str, check_row: RowCheck | None) -> RowCheck:
    def check(row: dict[str, Any]) -> str | None:
        if as_id(row.get(key)) is None:
            return f"a row without {key!r}"
        return None if check_row is None else check_row(row)

    return check


def _total(answer: Answer) -> int:
    """How many rows HubSpot says that the list has; 0 where it does not say."""
    total = answer.get("total")
    return total if type(total) is int else 0
