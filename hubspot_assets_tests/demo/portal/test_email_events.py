"""What became of marketing emails, by the email events API: the newest first, both ends of the window in it."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world.email_events import TYPES
from hubspot_assets.demo.portal.world.marketing_emails import campaign_group_id, campaign_ids

from .reading import get

EVENTS = "/email/public/v1/events"
DAY = date(2026, 11, 18)
MIDNIGHT = 1794960000000
WINDOW = {"startTimestamp": MIDNIGHT, "endTimestamp": MIDNIGHT + 86_400_000 - 1}


PORTAL = PortalSettings(limits=False, email_events_per_day=1500)


def every_event(portal: RunningPortal, **query: Any) -> list[dict[str, Any]]:
    """The events of every page, by `offset`."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = get(portal, EVENTS, **query)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["events"]
        if not answer.json()["hasMore"]:
            return rows
        query["offset"] = answer.json()["offset"]


@pytest.mark.parametrize("limit", [1000, 77])
def test_a_day_is_read_page_by_page_the_newest_first(portal: RunningPortal, limit: int) -> None:
    rows = every_event(portal, **WINDOW, limit=limit)
    truth = [event.as_json for event in portal.world.email_events.of_day(DAY)]
    assert rows == truth[::-1]
    assert len(rows) > 1000
    assert len({row["id"] for row in rows}) == len(rows)


def test_a_day_has_every_type_and_each_says_what_is_particular_to_it(portal: RunningPortal) -> None:
    rows = [event.as_json for n in range(12) for event in portal.world.email_events.of_day(DAY - timedelta(days=n))]
    by_type: dict[str, list[dict[str, Any]]] = {kind: [row for row in rows if row["type"] == kind] for kind in TYPES}
    assert all(by_type.values())
    for kind, fields in {
        "SENT": {"subject", "from", "replyTo", "cc", "bcc"},
        "DROPPED": {"dropReason", "dropMessage", "subject"},
        "DELIVERED": {"response", "smtpId"},
        "DEFERRED": {"response", "attempt", "obsoletedBy"},
        "BOUNCE": {"category", "response", "status"},
        "OPEN": {"deviceType", "userAgent", "location", "duration", "filteredEvent"},
        "CLICK": {"url", "referer", "linkId", "location"},
        "STATUSCHANGE": {"source", "requestedBy", "portalSubscriptionStatus", "subscriptions", "bounced", "causedBy"},
    }.items():
        assert all(fields <= row.keys() for row in by_type[kind]), kind
        assert all(
            {"recipient", "portalId", "appId", "appName", "emailCampaignId"} <= row.keys() for row in by_type[kind]
        )
    assert not any("emailCampaignId" in row for row in by_type["UNBOUNCE"])
    assert (
        {"browser" in row for row in by_type["OPEN"]}
        == {"ipAddress" in row for row in by_type["OPEN"]}
        == {True, False}
    )


def test_a_days_events_reach_from_its_first_to_its_last_millisecond_and_some_share_one(portal: RunningPortal) -> None:
    moments = [event.created_ms for event in portal.world.email_events.of_day(DAY)]
    assert (moments[0], moments[-1]) == (MIDNIGHT, MIDNIGHT + 86_400_000 - 1)
    assert max(Counter(moments).values()) > 1


def test_events_refer_to_the_event_of_their_sending_and_to_campaigns_of_an_email(portal: RunningPortal) -> None:
    days = [portal.world.email_events.of_day(DAY - timedelta(days=n)) for n in range(5)]
    events = [event.as_json for day in days for event in day]
    sent = {row["id"]: row for row in events if row["type"] == "SENT"}
    opened = [row for row in events if row["type"] == "OPEN" and row["created"] >= MIDNIGHT]
    for row in opened:
        first = sent[row["sentBy"]["id"]]
        assert (first["created"], first["recipient"]) == (row["sentBy"]["created"], row["recipient"])
    groups = {i: campaign_group_id(email) for email in portal.world.marketing_emails for i in campaign_ids(email)}
    assert all(
        groups[row["emailCampaignId"]] == row["emailCampaignGroupId"] for row in events if "emailCampaignId" in row
    )


def test_events_are_filtered(portal: RunningPortal) -> None:
    all_of_them = every_event(portal, **WINDOW, limit=1000)
    one = next(row for row in all_of_them if row["type"] == "CLICK")
    for query, fits in (
        ({"eventType": "OPEN"}, lambda row: row["type"] == "OPEN"),
        ({"recipient": one["recipient"]}, lambda row: row["recipient"] == one["recipient"]),
        ({"campaignId": one["emailCampaignId"]}, lambda row: row.get("emailCampaignId") == one["emailCampaignId"]),
        ({"excludeFilteredEvents": "true"}, lambda row: not row.get("filteredEvent")),
    ):
        expected = [row for row in all_of_them if fits(row)]
        assert every_event(portal, **WINDOW, **query, limit=1000) == expected
        assert 0 < len(expected) < len(all_of_them)


def test_one_event_is_found_by_its_moment_and_id(portal: RunningPortal) -> None:
    row = get(portal, EVENTS, **WINDOW, limit=1).json()["events"][0]
    assert get(portal, f"{EVENTS}/{row['created']}/{row['id']}").json() == row
    assert get(portal, f"{EVENTS}/{row['created'] + 1}/{row['id']}").status_code == 404
    assert get(portal, f"{EVENTS}/created/{row['id']}").status_code == 400


def test_ten_come_where_no_limit_is_given_and_nothing_where_there_is_nothing(portal: RunningPortal) -> None:
    assert len(get(portal, EVENTS).json()["events"]) == 10
    nothing = get(portal, EVENTS, startTimestamp=MIDNIGHT + 90 * 86_400_000).json()
    assert nothing == {"hasMore": False, "offset": "", "events": []}
    assert list(portal.world.email_events.of_day(date(2026, 11, 22))) != []
    assert list(portal.world.email_events.of_day(date(2026, 11, 23))) == [], "what is still to come is not there"


def test_the_same_day_has_the_same_events_whatever_the_portals_day() -> None:
    then, later = (PortalSettings(day=day) for day in (DAY, DAY + timedelta(days=9)))
    with serve(then) as before, serve(later) as after:
        assert list(before.world.email_events.of_day(DAY)) == list(after.world.email_events.of_day(DAY)) != []


@pytest.mark.parametrize(
    "query",
    [{"limit": 1001}, {"offset": "nonsense"}, {"eventType": "open"}, {"startTimestamp": "2026-11-18"}],
)
def test_what_hubspot_refuses_is_refused(portal: RunningPortal, query: dict[str, Any]) -> None:
    assert get(portal, EVENTS, **query).status_code == 400


def test_email_events_need_the_scope_for_content() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"content"}))) as portal:
        answer = get(portal, EVENTS)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["content"]
