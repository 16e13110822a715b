"""How HubSpot cuts long answers into pages, and how it spells their cursors.

Some APIs have plain cursors, some have opaque ones, which stand in the JSON percent-encoded (``NTI1Cg%3D%3D``) while
``paging.next.link`` has them as they go over the wire: encoded once. Who encodes the ``after`` of the JSON again sends
them encoded twice. Lists of CRM objects have a cursor of their own (``api/objects.py``).
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from .errors import validation_error
from .routing import Call

Item = TypeVar("Item")


def next_page(call: Call, after: str) -> dict[str, Any]:
    """The ``paging`` of a page that is not the last one; ``after`` is spelled as it is sent."""
    others = "&".join(f"{k}={quote(v, safe=',')}" for k, vs in call.query.items() if k != "after" for v in vs)
    link = f"{call.base_url}{call.url_path}?{others + '&' if others else ''}after={after}"
    return {"next": {"after": after, "link": link}}


def opaque(place: str) -> str:
    """A cursor with nothing to calculate with, percent-encoded as HubSpot's JSON has it; it always ends in ``%3D``."""
    text = f"{place}\n"
    text += " " * (len(text) % 3 == 0)
    return quote(b64encode(text.encode()).decode(), safe="")


def place_of(call: Call, cursor: str) -> str | None:
    """What `opaque` made the cursor from. None for one that came encoded twice to a portal that is strict about it."""
    if "%" in cursor:
        if call.settings.strict_cursors:
            return None
        cursor = unquote(cursor)
    try:
        return b64decode(cursor, validate=True).decode().strip()
    except ValueError:
        raise validation_error(f"Invalid paging cursor: {cursor}") from None


def page_of(
    call: Call, rows: Sequence[Item], *, default: int, maximum: int, encoded: bool = False
) -> tuple[list[Item], dict[str, Any]]:
    """One page of ``rows`` by ``limit`` and ``after``, and ``{"paging": ...}`` or nothing.

    ``encoded``: the cursor is an opaque one. A strict portal finds nothing by one that came encoded twice, and says
    nothing about it.
    """
    limit = call.number("limit", default=default, maximum=maximum)
    after: str | None = call.text("after")
    if after and encoded:
        after = place_of(call, after)
        if after is None:
            return [], {}
    start = 0
    if after:
        if not after.isdigit():
            raise validation_error(f"Invalid paging cursor: {after}")
        start = int(after)
    page = list(rows[start : start + limit])
    if start + limit >= len(rows):
        return page, {}
    following = str(start + limit)
    return page, {"paging": next_page(call, opaque(following) if encoded else following)}
