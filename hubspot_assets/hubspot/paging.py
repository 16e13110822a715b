"""Following `paging.next.after` to the end of a list, and never in a circle.

HubSpot's lists end where an answer has no `paging.next`. A short page does not end a list, and an empty page
that has a cursor does not either.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from . import errors
from .client import Answer, Check, HubSpotClient, Params
from .decoding import as_id, flaw_in_rows

_EMPTY_PAGES_ALLOWED = 20


def next_after(answer: Answer) -> str | None:
    """The cursor of the next page, or None on the last page. Ask only after `flaw_in_paging` said None."""
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return as_id(following.get("after")) if isinstance(following, dict) else None


def previous_before(answer: Answer) -> str | None:
    """The cursor of the page before this one, for lists that begin with their last page."""
    paging = answer.get("paging")
    previous = paging.get("prev") if isinstance(paging, dict) else None
    return as_id(previous.get("before")) if isinstance(previous, dict) else None


def flaw_in_paging(answer: Answer) -> str | None:
    """What is wrong with an answer's `paging`. Missing or null is not: that is how a last page looks."""
    paging = answer.get("paging")
    if paging is None:
        return None
    if not isinstance(paging, dict):
        return "a 'paging' that is not an object"
    for way, cursor in (("next", "after"), ("prev", "before")):
        other = paging.get(way)
        if other is not None and (not isinstance(other, dict) or as_id(other.get(cursor)) is None):
            return f"a 'paging.{way}' without a cursor"
    return None


class Suspicion:
    """Something that may be true but usually means a broken answer: believed when it is told three times."""

    def __init__(self) -> None:
        self._told = 0

    def not_yet_believed(self) -> bool:
        """Count one telling; True while it should be asked again."""
        self._told += 1
        return self._told < 3


RowCheck: TypeAlias = Callable[[dict[str, Any]], str | None]
"""Looks at one row and says what is wrong with it, or None."""


def _page_check(
    limit: int, seen: set[str], check_row: RowCheck | None, next_cursor: Callable[[Answer], str | None]
) -> Check:
    """A check of one page: its rows, and that its cursor is one not seen before.

    A full page without `paging` is asked for again before it counts as the last: a cut answer would
    otherwise end the list early. So is an empty page where the one before announced more.
    """
    no_paging, empty = Suspicion(), Suspicion()

    def check(answer: Answer) -> str | None:
        flaw = flaw_in_rows(answer.get("results")) or flaw_in_paging(answer)
        rows, after = answer.get("results") or [], None if flaw else next_cursor(answer)
        if flaw is None and check_row is not None:
            flaw = next(filter(None, map(check_row, rows)), None)
        if flaw is None and after is not None and after in seen:
            flaw = f"the cursor {after!r} a second time"
        if flaw:
            return flaw
        if after is None and len(rows) >= limit and not answer.get("paging") and no_paging.not_yet_believed():
            return "a full page without 'paging'"
        if not rows and (seen or after is not None) and empty.not_yet_believed():
            return "an empty page where rows were announced"
        return None

    return check


def pages(
    client: HubSpotClient,
    path: str,
    params: Params | None = None,
    *,
    limit: int,
    smaller_limit: int | None = None,
    key: str | None = None,
    check_row: RowCheck | None = None,
    either_way: bool = False,
) -> Iterator[list[dict[str, Any]]]:
    """The rows of a list, page by page.

    `limit` is the page size to ask for; where HubSpot refuses it with 400 and `smaller_limit` is given, that
    is used instead. `key`: a field that has to be an id in every row; `check_row`: any other look at a row.
    `either_way`: the list may begin with its last page, and is then followed by `paging.prev.before`.

    Raises `MalformedAnswer` for a row, a cursor or a page that stays wrong, and for empty pages without end.
    """
    if key is not None:
        check_row = _has_id(key)
    cursor: str | None = None
    way, next_cursor = "after", next_after
    seen: set[str] = set()
    empty = 0
    limit = client.page_limits.get(path, limit)
    while True:
        asked = {**(params or {}), "limit": limit, way: cursor}
        try:
            answer = client.get(path, asked, check=_page_check(limit, seen, check_row, next_cursor))
        except errors.BadRequest as error:
            if error.unavailable or smaller_limit is None or limit == smaller_limit or cursor is not None:
                raise
            limit = smaller_limit
            continue
        if limit == smaller_limit:
            client.page_limits[path] = limit
        rows: list[dict[str, Any]] = answer["results"]
        empty = 0 if rows else empty + 1
        if empty > _EMPTY_PAGES_ALLOWED:
            raise errors.MalformedAnswer(f"{empty} empty pages in a row, each with a cursor", method="GET", path=path)
        yield rows
        if either_way and cursor is None and next_after(answer) is None and previous_before(answer) is not None:
            way, next_cursor = "before", previous_before
        after = next_cursor(answer)
        if after is None:
            if len(rows) >= limit > 1 and not answer.get("paging"):
                _check_end(client, path, {**asked, "limit": limit - 1})
            return
        cursor = after
        seen.add(cursor)


def _check_end(client: HubSpotClient, path: str, asked: Params) -> None:
    """Ask for one row less than a full page without 'paging' had: a list that pages has to tell a cursor then.

    Raises MalformedAnswer where it tells none: nobody can say whether the list has ended.
    """

    def check(answer: Answer) -> str | None:
        flaw = flaw_in_rows(answer.get("results")) or flaw_in_paging(answer)
        if flaw is None and len(answer["results"]) == asked["limit"] and not answer.get("paging"):
            return "full pages without 'paging', so that there may be more"
        return flaw

    client.get(path, asked, check=check)


def rows(
    client: HubSpotClient,
    path: str,
    params: Params | None = None,
    *,
    limit: int,
    smaller_limit: int | None = None,
    key: str | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows of a list, one by one; with `key`, each id once. Arguments and errors as for `pages`."""
    seen: set[str | None] = set()
    for page in pages(client, path, params, limit=limit, smaller_limit=smaller_limit, key=key):
        for row in page:
            if key is not None:
                row_id = as_id(row[key])
                if row_id in seen:
                    continue
                seen.add(row_id)
            yield row


def _has_id(key: str) -> RowCheck:
    return lambda row: None if as_id(row.get(key)) is not None else f"a row without {key!r}"
