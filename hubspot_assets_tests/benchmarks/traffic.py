"""What a portal was asked while somebody read it: calls by kind, and how much of the rate limit they used."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hubspot_assets.demo.portal.request_log import LoggedRequest

WINDOW = 10.0
"""Seconds that HubSpot's general limit counts over."""

VALUES = "records"
HISTORY = "records with history"


@dataclass(frozen=True)
class Traffic:
    """What was asked. `seconds`: from the first to the last call for records.

    `share`: of the calls that the general limit allows, the part that was made; None where that was too short to tell.
    """

    calls: dict[str, int]
    seconds: float
    refused: int
    most_in_flight: int
    share: float | None
    portal_cpu_seconds: float

    @property
    def total(self) -> int:
        return sum(self.calls.values())


def kind_of(request: LoggedRequest) -> str:
    """What a call asked for, in the words of the page."""
    if "/objects/" not in request.route or request.route.endswith("{record_id}"):
        return "definitions" if request.method == "GET" else "other"
    if request.method == "POST":
        asked = json.loads(request.body).get("propertiesWithHistory")
        return f"{HISTORY}, by batch read" if asked else f"{VALUES}, by batch read"
    return f"{HISTORY}, by list" if "propertiesWithHistory=" in request.query_string else f"{VALUES}, by list"


def calls_by_kind(requests: Iterable[LoggedRequest]) -> dict[str, int]:
    """Calls by kind, most first."""
    return dict(Counter(kind_of(request) for request in requests).most_common())


def reading_moments(requests: Iterable[LoggedRequest]) -> list[float]:
    """When the calls were let through from the first one on that asked for records, in seconds.

    What a reader asks before, one call after another, is not how quickly it reads a table.
    """
    let_through = [request for request in requests if request.status != 429]
    first = min((r.started for r in let_through if kind_of(r).startswith(VALUES)), default=0.0)
    return [request.started + request.seconds for request in let_through if request.started >= first]


def share_of_limit(moments: Sequence[float], limit: int) -> float | None:
    """The mean share of `limit` calls per 10 s that was used in the whole windows between the first and last call.

    The window that the last call is in is not whole. `moments` in seconds, in any order; None for less than one window.
    """
    if not moments:
        return None
    first = min(moments)
    whole = int((max(moments) - first) // WINDOW)
    if not whole:
        return None
    return sum(1 for moment in moments if moment - first < whole * WINDOW) / (whole * limit)
