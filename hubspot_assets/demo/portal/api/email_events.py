"""Email events API v1: ``GET /email/public/v1/events``, what became of the marketing emails, the newest first.

It has no dated successor. Both ends of its window belong to it. The offset names the last event of the page, so that
events may be added while it is read.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from hubspot_assets.demo.portal.errors import not_found, validation_error
from hubspot_assets.demo.portal.routing import Call, Endpoint
from hubspot_assets.demo.portal.world.email_events import TYPES, EmailEvent
from hubspot_assets.demo.portal.world.times import DAY_MS

SCOPES = ("content",)
LONGEST_MS = 10**14


def list_events(call: Call) -> dict[str, Any]:
    limit = call.number("limit", default=10, maximum=1000)
    page = list(islice(_wanted(call), limit + 1))
    more = len(page) > limit
    rows = page[:limit]
    offset = _offset_of(rows[-1]) if rows else call.text("offset")
    return {"hasMore": more, "offset": offset, "events": [event.as_json for event in rows]}


def one_event(call: Call) -> dict[str, Any]:
    created = call.path["created"]
    if not created.isdecimal() or int(created) > LONGEST_MS:
        raise validation_error(f"Unable to parse value for path parameter: created: {created}")
    day = date(1970, 1, 1) + timedelta(days=int(created) // DAY_MS)
    for event in call.world.email_events.of_day(day):
        if (str(event.created_ms), event.id) == (created, call.path["event_id"]):
            return event.as_json
    raise not_found()


def _wanted(call: Call) -> Iterator[EmailEvent]:
    since = call.number("startTimestamp", default=0, minimum=0, maximum=LONGEST_MS)
    until = call.number("endTimestamp", default=LONGEST_MS, minimum=0, maximum=LONGEST_MS)
    event_type, recipient = call.text("eventType"), call.text("recipient")
    campaign, app = (call.number(name, default=0, maximum=10**18) for name in ("campaignId", "appId"))
    if event_type and event_type not in TYPES:
        raise validation_error(f"Invalid eventType: {event_type}")
    before = _key_of(call.text("offset")) if call.text("offset") else None
    unfiltered = call.flag("excludeFilteredEvents")
    for event in call.world.email_events.newest_first(since, until if before is None else min(until, before[0])):
        row = event.as_json
        if (
            (before is None or event.key < before)
            and event_type in {"", row["type"]}
            and recipient in {"", row["recipient"]}
            and campaign in {0, row.get("emailCampaignId")}
            and app in {0, row.get("appId")}
            and not (unfiltered and row.get("filteredEvent"))
        ):
            yield event


def _offset_of(event: EmailEvent) -> str:
    return urlsafe_b64encode(f"{event.created_ms}|{event.id}".encode()).decode().rstrip("=")


def _key_of(offset: str) -> tuple[int, str]:
    try:
        ms, _, event_id = urlsafe_b64decode(offset + "=" * (-len(offset) % 4)).decode().partition("|")
        return int(ms), event_id
    except ValueError:
        raise validation_error(f"Invalid offset: {offset}") from None


_LIST = ("/email/public/v1/events", "/email/public/v1/events/")
ENDPOINTS = [
    Endpoint("GET", _LIST, list_events, SCOPES),
    Endpoint("GET", ("/email/public/v1/events/{created}/{event_id}",), one_event, SCOPES),
]
