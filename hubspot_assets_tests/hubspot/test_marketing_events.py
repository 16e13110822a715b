"""Marketing events and their participations; assets of campaigns: children of parents, some of which are refused."""

from typing import Any

import pytest

from hubspot_assets.hubspot import campaign_assets, marketing_events
from hubspot_assets.hubspot.errors import MissingScopes, NotAnswered, NotFound, Refused

from .canned import Answer, CannedHubSpot, Request

NOT_THERE = Answer({"status": "error", "message": "no such", "category": "OBJECT_NOT_FOUND"}, status=404)
NO_SCOPE = Answer(
    {"category": "MISSING_SCOPES", "message": "no", "errors": [{"context": {"requiredScopes": ["some.scope"]}}]}, 403
)


def participation(contact: int, state: str = "REGISTERED", occurred: int = 5) -> dict[str, Any]:
    return {
        "id": "the event's",
        "associations": {"contact": {"contactId": str(contact), "email": f"{contact}@example.com"}},
        "properties": {"attendanceState": state, "occurredAt": occurred},
    }


def paged(rows: list[dict[str, Any]], request: Request, maximum: int = 100) -> Any:
    limit = int(request.one("limit") or 10)
    if limit > maximum:
        return Answer({"message": "limit too high", "category": "VALIDATION_ERROR"}, 400)
    start = int(request.one("after") or 0)
    more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(rows) else {}
    return {"results": rows[start : start + limit], **more}


def test_marketing_events_are_listed_by_pages_of_a_hundred():
    events = [{"objectId": str(number), "eventName": f"E{number}"} for number in range(230)]
    hubspot = CannedHubSpot(lambda request: paged(events, request))

    assert list(marketing_events.read(hubspot.client())) == events
    assert {request.path for request in hubspot.seen} == {"/marketing/marketing-events/2026-09"}
    assert len(hubspot.seen) == 3


def test_participations_are_read_event_by_event_and_each_once():
    of_event = {
        "1": [participation(n, state) for n in range(120) for state in ("REGISTERED", "ATTENDED")],
        "2": [],
        # The second page begins with what the first one ended with.
        "3": [*(participation(n) for n in range(100)), participation(99), participation(99, occurred=6)],
    }

    def answer(request: Request) -> Any:
        return paged(of_event[request.path.split("/")[-2]], request)

    refused: list[str] = []
    found = marketing_events.participations_of(CannedHubSpot(answer).client(), of_event, lambda i, e: refused.append(i))

    counts: dict[str, int] = {}
    for event_id, page in found:
        counts[event_id] = counts.get(event_id, 0) + len(page)
    assert counts == {"1": 240, "2": 0, "3": 101}
    assert refused == []


def test_an_event_whose_participations_are_refused_costs_only_its_own():
    def answer(request: Request) -> Any:
        return NOT_THERE if "/2/" in request.path else paged([participation(1)], request)

    refused: dict[str, Refused] = {}
    found = marketing_events.participations_of(CannedHubSpot(answer).client(), "123", refused.__setitem__)

    assert sorted(event_id for event_id, page in found if page) == ["1", "3"]
    assert isinstance(refused["2"], NotFound)


def test_a_participation_of_another_form_is_no_participation():
    bad = {"results": [{"id": "1", "associations": {"contact": None}, "properties": {}}]}

    refused: dict[str, Refused] = {}
    found = marketing_events.participations_of(CannedHubSpot(lambda _: bad).client(), ["1"], refused.__setitem__)

    assert [page for _, page in found if page] == []
    assert isinstance(refused["1"], NotAnswered)
    assert "without its contact" in str(refused["1"])


@pytest.mark.parametrize("maximum", [100, 10])
def test_assets_are_read_campaign_by_campaign_whatever_page_hubspot_allows(maximum: int):
    assets = [{"id": str(number), "name": f"Ad {number}", "metrics": {}} for number in range(25)]

    def answer(request: Request) -> Any:
        return NOT_THERE if "/gone/" in request.path else paged(assets, request, maximum)

    refused: dict[str, Refused] = {}
    hubspot = CannedHubSpot(answer)
    pages = campaign_assets.of_campaigns(hubspot.client(), ["a", "gone"], "AD_CAMPAIGN", refused.__setitem__)

    assert [asset for campaign, page in pages for asset in page if campaign == "a"] == assets
    assert list(refused) == ["gone"]
    assert "/marketing/campaigns/2026-09/a/assets/AD_CAMPAIGN" in {request.path for request in hubspot.seen}


def test_without_the_scope_no_campaign_is_told_as_refused():
    refused: list[str] = []
    hubspot = CannedHubSpot(lambda _: NO_SCOPE)

    with pytest.raises(MissingScopes, match=r"some\.scope"):
        list(campaign_assets.of_campaigns(hubspot.client(), ["a", "b"], "X", lambda i, e: refused.append(i)))
    assert refused == []
