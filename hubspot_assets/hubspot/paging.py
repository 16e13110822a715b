"""Following `paging.next.after` to the end of a list, and never in a circle.

HubSpot's lists end where an answer has no `paging.next`. A short page does not end a list, and an empty page
that has a cursor does not either.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from . import errors
from .client import Answer, Check, HubSpotClient, Params
from .decoding import as_id, flaw_in_rows

_EMPTY_PAGES_ALLOWED = 20


def next_after(answer: Answer) -> str | None:
    """The cursor of the next page, or None on the last page. Ask only after `flaw_in_paging` said None."""
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return as_id(following.get("after")) if isinstance(following, dict) else None


def flaw_in_paging(answer: Answer) -> str | None:
    """What is wrong with an answer's `paging`. Missing or null is not: that is how a last page looks."""
    paging = answer.get("paging")
    if paging is None:
        return None
    if not isinstance(paging, dict):
        return "a 'paging' that is not an object"
    following = paging.get("next")
    if following is None:
        return None
    if not isinstance(following, dict) or as_id(following.get("after")) is None:
        return "a 'paging.next' without a cursor"
    return None


class Suspicion:
    """Something that may be true but usually means a broken answer: believed when it is told three times."""

    def __init__(self) -> None:
        self._told = 0

    def not_yet_believed(self) -> bool:
        """Count one telling; True while it should be asked again."""
        self._told += 1
        return self._told < 3


def page_check(limit: int | None, seen: set[str], results: str = "results") -> Check:
    """A check of one page: rows are objects, the cursor is one not seen before.

    A full page without `paging` is asked for again before it counts as the last: a cut answer would
    otherwise end the table early.
    """
    no_paging = Suspicion()

    def check(answer: Answer) -> str | None:
        rows = answer.get(results)
        flaw = flaw_in_rows(rows, results) or flaw_in_paging(answer)
        if flaw:
            return flaw
        after = next_after(answer)
        if after is not None and after in seen:
            return f"the cursor {after!r} a second time"
        full = limit is not None and rows is not None and len(rows) >= limit
        if after is None and full and answer.get("paging") is None and no_paging.not_yet_believed():
            return "a full page without 'paging'"
        return None

    return check


def pages(
    client: HubSpotClient,
    path: str,
    params: Params | None = None,
    *,
    limit: int | None,
    smaller_limit: int | None = None,
    results: str = "results",
    post: Mapping[str, Any] | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """The rows of a list, page by page.

    `limit` is the page size to ask for (None: the endpoint takes none); where HubSpot refuses it with 400 and
    `smaller_limit` is given, that is used instead. `post`: a body, for lists that are read by POST.

    Raises `MalformedAnswer` for a cursor that repeats or for too many empty pages in a row.
    """
    after: str | None = None
    seen: set[str] = set()
    empty = 0
    while True:
        asked = {**(params or {}), "limit": limit, "after": after}
        check = page_check(limit, seen, results)
        try:
            if post is None:
                answer = client.get(path, asked, check=check)
            else:
                answer = client.post(path, post, asked, check=check)
        except errors.BadRequest as error:
            if error.unavailable or smaller_limit is None or limit == smaller_limit or after is not None:
                raise
            limit = smaller_limit
            continue
        rows: list[dict[str, Any]] = answer[results]
        empty = 0 if rows else empty + 1
        if empty > _EMPTY_PAGES_ALLOWED:
            raise errors.MalformedAnswer(
                f"{empty} empty pages in a row, each with a cursor", method="GET", path=path, status=200
            )
        yield rows
        after = next_after(answer)
        if after is None:
            return
        seen.add(after)


def rows(
    client: HubSpotClient,
    path: str,
    params: Params | None = None,
    *,
    limit: int | None,
    smaller_limit: int | None = None,
    results: str = "results",
) -> Iterator[dict[str, Any]]:
    """The rows of a list, one by one. Arguments and errors as for `pages`."""
    for page in pages(client, path, params, limit=limit, smaller_limit=smaller_limit, results=results):
        yield from page
