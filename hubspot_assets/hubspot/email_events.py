"""Events of marketing emails: sent, delivered, bounced, opened, clicked, ... Of version 1, unsupported from Sept 2027.

HubSpot's events API lists these types and has none of their occurrences. Not here: which of its types is which here
(`catalog.event_types`), other events (`events`).

https://developers.hubspot.com/docs/api-reference/legacy/email-analytics-v1/guide
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import partial

from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.http.client import Answer, Check, HubSpotClient, Params
from hubspot_assets.hubspot.http.decoding import as_id, flaw_in_rows
from hubspot_assets.hubspot.http.retrying import Suspicion
from hubspot_assets.hubspot.windows import Page, each_once

_LIMIT = 1000
_EMPTY_PAGES_ALLOWED = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


def read(client: HubSpotClient, event_type: str, start: datetime, end: datetime) -> Iterator[Page]:
    """Return the email events of one type (`OPEN`, ...) from `start` up to but not including `end`, each once, by page.

    GET /email/public/v1/events?eventType=...: 1 000 a call, fewer where those are too heavy. Where that is more than a
    few pages, parts of the window are read side by side: in no order then. Each event has `id`, `created` (epoch
    milliseconds), `type`, `recipient`, `emailCampaignId` and fields of its type. Raises MissingScopes without
    `content`.
    """
    return each_once(lambda since, until: _window(client, event_type, since, until), start, end)


def _window(client: HubSpotClient, event_type: str, start: datetime, end: datetime) -> Iterator[Page]:
    """Yield the events from `start` up to `end`, newest first, by one offset after the other.

    HubSpot's bounds are inclusive by its documentation; a millisecond more is asked for and left out here, whatever
    they are.
    """
    first, last = _milliseconds(start - _MILLISECOND), _milliseconds(end + _MILLISECOND)
    for page in _pages(client, event_type, first, last):
        # HubSpot filters by type; whatever else an answer has would be in another type's table as well.
        yield [
            e
            for e in page
            if start <= _EPOCH + e["created"] * _MILLISECOND < end and e.get("type", event_type) == event_type
        ]


def _pages(client: HubSpotClient, event_type: str, first: int, last: int) -> Iterator[Page]:
    path = versions.path("email_events")
    asked: Params = {"eventType": event_type, "startTimestamp": first, "endTimestamp": last}
    size = client.page_size(path, _LIMIT)
    offset: str | None = None
    seen: set[str] = set()
    oldest: tuple[int, set[str]] = (last, set())
    empty = 0
    while True:
        here: Params = {**asked, "offset": offset}
        answer, _ = size.ask(partial(_page, client, path, here, _check(seen)), f"the offset {offset!r}")
        events: Page = answer["events"]
        oldest = _oldest(oldest, events)
        yield events
        if not answer["hasMore"]:
            if offset is not None and not events:
                _check_end(client, path, asked, *oldest)
            return
        empty = 0 if events else empty + 1
        if empty > _EMPTY_PAGES_ALLOWED:
            raise errors.MalformedAnswer(f"{empty} empty pages in a row, each with an offset", method="GET", path=path)
        offset = str(as_id(answer["offset"]))
        seen.add(offset)


def _page(client: HubSpotClient, path: str, asked: Params, check: Check, count: int, tries: int | None) -> Answer:
    return client.get(path, {**asked, "limit": count}, check=check, tries=tries)


def _check(seen: set[str]) -> Check:
    """Return a check of one page: its events, and that its offset is one not seen before.

    An empty page where more was announced is asked for three times.
    """
    empty = Suspicion()

    def check(answer: Answer) -> str | None:
        flaw = _flaw_in_events(answer) or _flaw_in_offset(answer, seen)
        if flaw is None and not answer["events"] and (seen or answer["hasMore"]) and empty.not_yet_believed():
            return "an empty page where events were announced"
        return flaw

    return check


def _flaw_in_events(answer: Answer) -> str | None:
    flaw = flaw_in_rows(answer.get("events"), "events", "id")
    if flaw is None and any(type(event.get("created")) is not int for event in answer["events"]):
        return "an email event without the time when it was created"
    return flaw


def _flaw_in_offset(answer: Answer, seen: set[str]) -> str | None:
    more, offset = answer.get("hasMore"), as_id(answer.get("offset"))
    if not isinstance(more, bool):
        return "nothing that says whether there is more ('hasMore')"
    if more and offset is None:
        return "an announcement of more without an 'offset'"
    return f"the offset {offset!r} a second time" if more and offset in seen else None


def _oldest(before: tuple[int, set[str]], events: Page) -> tuple[int, set[str]]:
    """Return the earliest moment of all events so far, and the ids of the events of that moment."""
    moment, ids = before
    for event in events:
        if event["created"] < moment:
            moment, ids = event["created"], set()
        if event["created"] == moment:
            ids.add(str(as_id(event["id"])))
    return moment, ids


def _check_end(client: HubSpotClient, path: str, asked: Params, oldest: int, ids: set[str]) -> None:
    """Ask for what is as old as the oldest event that came: after an announced page that was empty, that tells the end.

    Raises MalformedAnswer where something comes that did not come before.
    """

    def check(answer: Answer) -> str | None:
        flaw = flaw_in_rows(answer.get("events"), "events", "id")
        if flaw is None and not {str(as_id(event["id"])) for event in answer["events"]} <= ids:
            return "an empty page where there are events"
        return flaw

    client.get(path, {**asked, "endTimestamp": oldest, "limit": _LIMIT}, check=check)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND
