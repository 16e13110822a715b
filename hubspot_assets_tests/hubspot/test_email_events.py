"""Events of marketing emails, read from the API that has them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from hubspot_assets.hubspot import email_events
from hubspot_assets.hubspot.errors import MalformedAnswer, MissingScopes

from .canned import Answer, CannedHubSpot, Request, canned, in_turn

START = datetime(2026, 11, 20, 23, tzinfo=timezone.utc)
END = START + timedelta(days=1)
FIRST = int(START.timestamp() * 1000)
LAST = int(END.timestamp() * 1000) - 1


def event(event_id: str, created: int, event_type: str = "OPEN", **more: Any) -> dict[str, Any]:
    return {"id": event_id, "created": created, "type": event_type, "recipient": "a@example.com", **more}


class EmailLog:
    """HubSpot's log of email events: newest first, both bounds inclusive, an opaque offset."""

    def __init__(self, events: Iterable[dict[str, Any]]) -> None:
        self.events = sorted(events, key=lambda e: (e["created"], e["id"]), reverse=True)
        self.before: Callable[[Request], Any] = lambda request: None

    def __call__(self, request: Request) -> Any:
        if (instead := self.before(request)) is not None:
            return instead
        low, high = int(request.one("startTimestamp") or 0), int(request.one("endTimestamp") or 0)
        found = [e for e in self.events if low <= e["created"] <= high and e["type"] == request.one("eventType")]
        offset, limit = int((request.one("offset") or "o0")[1:]), int(request.one("limit") or 10)
        reached = offset + limit
        return {"events": found[offset:reached], "hasMore": reached < len(found), "offset": f"o{reached}"}


def ids(hubspot: CannedHubSpot) -> list[str]:
    pages = email_events.read(hubspot.client(), "OPEN", START, END)
    return [found["id"] for page in pages for found in page]


def test_a_window_has_its_first_and_its_last_millisecond_and_none_beyond():
    log = EmailLog([event(str(ms), ms) for ms in (FIRST - 1, FIRST, LAST, LAST + 1)])
    hubspot = CannedHubSpot(log)

    assert ids(hubspot) == [str(LAST), str(FIRST)]
    (asked,) = hubspot.seen
    assert asked.path == "/email/public/v1/events"
    assert asked.one("limit") == "1000"
    assert asked.one("offset") is None


def test_bounds_that_are_exclusive_lose_nothing():
    def exclusive(request: Request) -> Any:
        low, high = int(request.one("startTimestamp") or 0), int(request.one("endTimestamp") or 0)
        return {
            "events": [event(str(ms), ms) for ms in (LAST, FIRST) if low < ms < high],
            "hasMore": False,
            "offset": "x",
        }

    assert ids(CannedHubSpot(exclusive)) == [str(LAST), str(FIRST)]


def test_only_events_of_the_type_that_was_asked_for_are_told():
    everything = [event("1", FIRST), event("2", FIRST + 1, "CLICK")]

    assert ids(canned({"events": everything, "hasMore": False, "offset": "x"})) == ["1"]


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500, 9001])
def test_every_event_comes_once_however_many_pages_and_events_of_one_millisecond_there_are(count: int):
    log = EmailLog(event(f"{n:05}", FIRST + n // 700 * 4_000_000) for n in range(count))

    found = ids(CannedHubSpot(log))

    assert sorted(found) == [f"{n:05}" for n in range(count)]


def test_events_that_arrive_while_the_log_is_read_make_none_come_twice():
    log = EmailLog(event(f"{n:05}", FIRST + n) for n in range(3000))

    def another(request: Request) -> None:
        log.events.insert(0, event(f"late {len(log.events)}", LAST))

    log.before = another
    found = ids(CannedHubSpot(log))

    assert {f"{n:05}" for n in range(3000)} <= set(found)
    assert len(found) == len(set(found))


def test_an_empty_page_that_was_announced_is_asked_for_again():
    page = {"events": [event("1", FIRST + 5)], "hasMore": True, "offset": "o1"}
    nothing = {"events": [], "hasMore": False, "offset": "o2"}
    rest = {"events": [event("2", FIRST)], "hasMore": False, "offset": "o2"}

    assert ids(canned(page, nothing, rest)) == ["1", "2"]


def test_an_announced_page_that_stays_empty_is_the_end_where_nothing_older_is_there():
    log = EmailLog([event("1", FIRST + 5), event("2", FIRST + 5)])

    def announces_more(request: Request) -> Any:
        if request.one("offset"):
            return {"events": [], "hasMore": False, "offset": "o9"}
        if int(request.one("endTimestamp") or 0) > LAST:
            return {"events": log.events, "hasMore": True, "offset": "o1"}
        return None

    log.before = announces_more

    assert sorted(ids(CannedHubSpot(log))) == ["1", "2"]


def test_an_announced_page_that_stays_empty_is_no_end_where_something_older_is_there():
    log = EmailLog([event("1", FIRST + 5), event("2", FIRST + 5), event("3", FIRST)])

    def loses_the_rest(request: Request) -> Any:
        if request.one("offset"):
            return {"events": [], "hasMore": False, "offset": "o9"}
        if int(request.one("endTimestamp") or 0) > LAST:
            return {"events": log.events[:2], "hasMore": True, "offset": "o1"}
        return None

    log.before = loses_the_rest

    with pytest.raises(MalformedAnswer, match="an empty page where there are events"):
        ids(CannedHubSpot(log))


@pytest.mark.parametrize(
    ("answer", "flaw"),
    [
        ({"hasMore": False, "offset": "x"}, "no list named 'events'"),
        ({"events": [{"created": FIRST}], "hasMore": False, "offset": "x"}, "without 'id'"),
        ({"events": [{"id": "1", "created": "soon"}], "hasMore": False, "offset": "x"}, "the time when"),
        ({"events": [], "offset": "x"}, "hasMore"),
        ({"events": [event("1", FIRST)], "hasMore": True}, "without an 'offset'"),
        ({"events": [event("1", FIRST)], "hasMore": True, "offset": "same"}, "a second time"),
    ],
)
def test_an_answer_that_is_not_of_its_form_ends_nothing(answer: dict[str, Any], flaw: str):
    with pytest.raises(MalformedAnswer, match=flaw):
        ids(canned(answer))


def test_without_the_scope_the_refusal_names_it():
    refusal = {"category": "MISSING_SCOPES", "message": "no", "errors": [{"context": {"requiredScopes": ["content"]}}]}
    hubspot = CannedHubSpot(in_turn(Answer(refusal, status=403)))

    with pytest.raises(MissingScopes, match="grant the token the scope content"):
        ids(hubspot)
