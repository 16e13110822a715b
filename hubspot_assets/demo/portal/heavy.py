"""Pages that are too heavy: HubSpot's own time runs out over them, for as long as they are asked for at full size.

A few rows are heavy, by a hash of what they are. A page that has one of them and more than so many rows answers 500,
502, 504 or 524, always the same; with fewer rows it comes. Only what can be asked for in smaller pieces is refused:
requests with ``limit`` or ``count``, and batch reads. Faults that go away by asking again are in ``faults.py``.
"""

from typing import Any

import msgspec

from .routing import Answer, Call
from .settings import PortalSettings
from .world.chance import mixed, number_of, share_of

HEAVY_PAGE = "heavy_page"
"""The name by which faults have a rate: the share of rows that are heavy."""
_TITLES = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout", 524: "A timeout occurred"}
_ROWS = ("results", "lists", "events")


class HeavyPages:
    """Decides which answers never come."""

    def __init__(self, settings: PortalSettings) -> None:
        self._settings = settings
        self._share = settings.faults.get(HEAVY_PAGE, 0.0)

    def refusal(self, call: Call, answer: Answer) -> Answer | None:
        """What is answered instead, if a page is too heavy."""
        if not self._share or not _can_be_halved(call) or not self._may_be_heavy(call.url_path):
            return None
        rows = _rows_of(answer.content)
        if len(rows) <= self._settings.heavy_page_rows:
            return None
        heavy = next((number for number in map(_number_of, rows) if self._is_heavy(number)), None)
        if heavy is None:
            return None
        status = list(_TITLES)[heavy % len(_TITLES)]
        page = f"<html><head><title>{status}</title></head><body><h1>{status} {_TITLES[status]}</h1></body></html>"
        return Answer(page.encode(), status, {**answer.headers, "Content-Type": "text/html"})

    def _may_be_heavy(self, path: str) -> bool:
        return not self._settings.heavy_paths or any(text in path for text in self._settings.heavy_paths)

    def _is_heavy(self, number: int) -> bool:
        return share_of(self._settings.seed, 524, number) < self._share


def _can_be_halved(call: Call) -> bool:
    if call.method == "GET":
        return "limit" in call.query
    return any(f'"{name}"'.encode() in call.raw_body for name in ("inputs", "count", "limit"))


def _rows_of(content: bytes) -> list[Any]:
    page = msgspec.json.decode(content)
    return next((rows for name in _ROWS if isinstance(rows := page.get(name), list)), [])


def _number_of(row: Any) -> int:
    """A number of what a row is about, the same in whatever page it comes."""
    for name in ("from", "id", "listId", "recordId", "conversionId"):
        if name in row:
            return mixed(number_of(msgspec.json.encode(row[name]).decode()))
    return mixed(number_of(msgspec.json.encode(row).decode()))
