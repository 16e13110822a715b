"""Pages that are too heavy: HubSpot's own time runs out over them, for as long as they are asked for at full size.

A few rows are heavy: those that the settings name, and a share, by a hash of what they are. A page that has one of them
and more than so many rows answers 500, 502, 504 or 524, always the same; with fewer rows it comes. Only what can be
asked for in smaller pieces is refused: requests with ``limit`` or ``count``, and batch reads. Faults that go away by
asking again are in ``faults.py``.
"""

from typing import Any

import msgspec

from .routing import Answer, Call
from .settings import PortalSettings
from .world.chance import number_of, share_of

HEAVY_PAGE = "heavy_page"
"""The name by which faults have a rate: the share of rows that are heavy."""
_TITLES = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout", 524: "A timeout occurred"}
_ROWS = ("results", "lists", "events")
_IDS = ("id", "objectId", "listId", "recordId", "conversionId")


class HeavyPages:
    """Decides which answers never come."""

    def __init__(self, settings: PortalSettings) -> None:
        self._settings = settings
        self._share = settings.faults.get(HEAVY_PAGE, 0.0)

    def refusal(self, call: Call, answer: Answer) -> Answer | None:
        """What is answered instead, if a page is too heavy."""
        settings = self._settings
        if not (self._share or settings.heavy_ids) or not _can_be_halved(call) or not self._may_be(call.url_path):
            return None
        rows = _rows_of(answer.content)
        heavy = next(filter(self._is_heavy, map(_id_of, rows)), None)
        if heavy is None or len(rows) <= settings.heavy_page_rows:
            return None
        status = list(_TITLES)[number_of(heavy) % len(_TITLES)]
        page = f"<html><head><title>{status}</title></head><body><h1>{status} {_TITLES[status]}</h1></body></html>"
        return Answer(page.encode(), status, {**answer.headers, "Content-Type": "text/html"})

    def _may_be(self, path: str) -> bool:
        return not self._settings.heavy_paths or any(text in path for text in self._settings.heavy_paths)

    def _is_heavy(self, row_id: str) -> bool:
        by_chance = share_of(self._settings.seed, 524, number_of(row_id)) < self._share
        return by_chance or row_id in self._settings.heavy_ids


def _can_be_halved(call: Call) -> bool:
    if call.method == "GET":
        return "limit" in call.query
    return any(f'"{name}"'.encode() in call.raw_body for name in ("inputs", "count", "limit"))


def _rows_of(content: bytes) -> list[Any]:
    page = msgspec.json.decode(content)
    return next((rows for name in _ROWS if isinstance(rows := page.get(name), list)), [])


def _id_of(row: Any) -> str:
    """What a row is about, the same in whatever page it comes; the whole of it where it has no id."""
    found = row.get("from", row)
    return str(next((found[name] for name in _IDS if name in found), msgspec.json.encode(row).decode()))
