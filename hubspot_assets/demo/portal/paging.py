"""How HubSpot cuts long answers into pages. Lists of CRM objects have a cursor of their own (``api/objects.py``)."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from .errors import validation_error
from .routing import Call

Item = TypeVar("Item")


def next_page(call: Call, after: str) -> dict[str, Any]:
    """The ``paging`` of a page that is not the last one."""
    others = "&".join(f"{k}={quote(v, safe=',')}" for k, vs in call.query.items() if k != "after" for v in vs)
    link = f"{call.base_url}{call.url_path}?{others + '&' if others else ''}after={after}"
    return {"next": {"after": after, "link": link}}


def page_of(call: Call, rows: Sequence[Item], *, default: int, maximum: int) -> tuple[list[Item], dict[str, Any]]:
    """One page of ``rows`` by ``limit`` and ``after`` (an opaque cursor), and ``{"paging": ...}`` or nothing."""
    limit = call.number("limit", default=default, maximum=maximum)
    after = call.text("after")
    start = 0
    if after:
        if not after.isdigit():
            raise validation_error(f"Invalid paging cursor: {after}")
        start = int(after)
    page = list(rows[start : start + limit])
    if start + limit >= len(rows):
        return page, {}
    return page, {"paging": next_page(call, str(start + limit))}
