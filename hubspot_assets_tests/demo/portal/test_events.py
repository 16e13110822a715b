"""Event types, definitions of custom events, and occurrences."""

from datetime import date, datetime, timedelta, timezone
from urllib.parse import unquote

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world.event_types import EMAIL_EVENTS

from .reading import every_row, get, sdk, sdk_rows

OCCURRENCES = "/events/event-occurrences/2026-09"
DAY = date(2026, 11, 18)
WINDOW = {"occurredAfter": "2026-11-18T00:00:00Z", "occurredBefore": "2026-11-19T00:00:00Z"}
VISITS = {"eventType": "e_visited_page"}


PORTAL = PortalSettings(limits=False, events_per_day=500)


def test_the_sdk_reads_the_event_types(portal: RunningPortal) -> None:
    names = sdk(portal).events.events_api.get_types().event_types
    assert names == [event_type.name for event_type in portal.world.event_types.listed()]
    assert {"e_visited_page", "pe62515_visited_page", "pe62515_never_happened"} <= set(names)


def test_the_sdk_reads_every_event_of_a_day_of_every_type(portal: RunningPortal) -> None:
    api = sdk(portal).events.events_api
    since = datetime(2026, 11, 18, tzinfo=timezone.utc)
    for event_type in portal.world.event_types.listed():
        rows = sdk_rows(
            api.get_page,
            event_type=event_type.name,
            occurred_after=since,
            occurred_before=since + timedelta(days=1),
            limit=100,
        )
        truth = {event.id: event for event in portal.world.events.of_day(DAY, event_type.name)}
        assert bool(truth) == (event_type.share > 0) == (event_type.served and "never" not in event_type.name)
        assert {row.id for row in rows} == set(truth)
        assert len(rows) == len(truth)
        for row in rows:
            event = truth[row.id]
            assert (row.object_id, row.properties) == (event.object_id, event.properties)
            assert round(row.occurred_at.timestamp() * 1000) == event.occurred_ms
            assert row.object_type in {"CONTACT", "p62515_cars"}


def test_a_days_events_reach_from_its_first_to_its_last_millisecond_and_some_share_one(portal: RunningPortal) -> None:
    moments = [event.occurred_ms for event in portal.world.events.of_day(DAY, "e_visited_page")]
    midnight = 1794960000000
    assert (moments[0], moments[-1]) == (midnight, midnight + 86_400_000 - 1)
    assert moments == sorted(moments)
    assert len(set(moments)) < len(moments)


def test_a_day_may_have_no_events(portal: RunningPortal) -> None:
    assert list(portal.world.events.of_day(date(2026, 11, 20))) == []


def test_events_come_oldest_first_and_the_other_way_round_if_asked(portal: RunningPortal) -> None:
    up = every_row(portal, OCCURRENCES, **VISITS, **WINDOW, limit=77)
    down = every_row(portal, OCCURRENCES, **VISITS, **WINDOW, limit=77, sort="DESCENDING")
    assert [row["id"] for row in down] == [row["id"] for row in up][::-1]
    assert up[0]["occurredAt"] == "2026-11-18T00:00:00Z"


@pytest.mark.parametrize(("after", "before"), [(True, False), (False, True), (True, True), (False, False)])
def test_whether_the_ends_of_a_window_belong_to_it_is_a_switch(after: bool, before: bool) -> None:
    settings = PortalSettings(
        events_per_day=20, occurred_after_is_inclusive=after, occurred_before_is_inclusive=before, limits=False
    )
    with serve(settings) as portal:
        rows = every_row(portal, OCCURRENCES, **VISITS, **WINDOW, limit=100)
    moments = {row["occurredAt"] for row in rows}
    assert ("2026-11-18T00:00:00Z" in moments, "2026-11-19T00:00:00Z" in moments) == (after, before)


def test_the_events_of_one_record_are_those_of_the_type_that_name_it(portal: RunningPortal) -> None:
    visits = list(portal.world.events.of_day(DAY, "e_visited_page"))
    one = visits[5].object_id
    rows = every_row(portal, OCCURRENCES, **VISITS, objectType="contact", objectId=one, limit=100)
    assert {row["objectId"] for row in rows} == {one}
    assert {e.id for e in visits if e.object_id == one} <= {row["id"] for row in rows}


def test_events_are_found_by_id_and_by_the_value_of_a_property(portal: RunningPortal) -> None:
    event = next(e for e in portal.world.events.of_day(DAY, "e_visited_page") if "hs_city" in e.properties)
    by_id = get(portal, OCCURRENCES, id=event.id).json()["results"]
    value = event.properties["hs_city"]
    by_value = every_row(portal, OCCURRENCES, **VISITS, **WINDOW, limit=100, **{"property.hs_city": value})
    assert [row["id"] for row in by_id] == [event.id]
    assert {row["properties"]["hs_city"] for row in by_value} == {value}


def test_events_of_marketing_emails_are_listed_and_not_served(portal: RunningPortal) -> None:
    listed = get(portal, f"{OCCURRENCES}/event-types").json()["eventTypes"]
    assert {"e_opened_email_v2", "e_mta_bounced_email_v2"} <= set(EMAIL_EVENTS) <= set(listed)
    for name in EMAIL_EVENTS:
        assert get(portal, OCCURRENCES, eventType=name, limit=100).json() == {"results": []}


def test_a_cursor_is_encoded_in_the_json_and_once_in_the_link(portal: RunningPortal) -> None:
    following = get(portal, OCCURRENCES, **VISITS, **WINDOW, limit=10).json()["paging"]["next"]
    by_link, by_after = (
        get(portal, following["link"].removeprefix(portal.url)),
        get(portal, OCCURRENCES, **VISITS, **WINDOW, limit=10, after=following["after"]),
    )
    assert following["after"].endswith("%3D")
    assert f"after={following['after']}" in following["link"]
    assert by_link.json() == by_after.json()
    assert len(by_link.json()["results"]) == 10


def test_a_strict_portal_finds_nothing_by_a_cursor_that_was_encoded_twice() -> None:
    with serve(PortalSettings(strict_cursors=True, limits=False)) as portal:
        following = get(portal, OCCURRENCES, **VISITS, limit=10).json()["paging"]["next"]
        twice = get(portal, OCCURRENCES, **VISITS, limit=10, after=following["after"])
        once = get(portal, OCCURRENCES, **VISITS, limit=10, after=unquote(following["after"]))
        by_link = get(portal, following["link"].removeprefix(portal.url))
    assert (twice.status_code, twice.json()) == (200, {"results": []})
    assert len(once.json()["results"]) == 10
    assert once.json() == by_link.json()


def test_the_same_day_has_the_same_events_whatever_the_portals_day() -> None:
    with serve(PortalSettings(day=DAY)) as then, serve(PortalSettings(day=DAY + timedelta(days=2))) as later:
        assert list(then.world.events.of_day(DAY)) == list(later.world.events.of_day(DAY))
        assert list(then.world.events.of_day(DAY + timedelta(days=1))) == []


def test_definitions_tell_properties_only_when_asked(portal: RunningPortal) -> None:
    path = "/events/custom/2026-09/event-definitions"
    bare = every_row(portal, path, limit=2)
    full = every_row(portal, path, includeProperties="true")
    assert [row["fullyQualifiedName"] for row in bare] == [t.name for t in portal.world.event_types.custom]
    assert {row["archived"] for row in full} == {True, False}
    assert all(row["properties"] == [] for row in bare)
    assert [p["name"] for p in full[0]["properties"]] == ["plan", "amount", "clicked_at", "remark"]


@pytest.mark.parametrize(
    ("params", "status", "says"),
    [
        ({**VISITS, "limit": 101}, 400, "limit must be between 1 and 100"),
        ({**VISITS, "occurredAfter": "1970-01-01T00:00:00Z"}, 500, "internal error"),
        ({"eventType": "e_no_such"}, 400, "Unable to find event type"),
        ({**VISITS, "occurredAfter": "yesterday"}, 400, "Invalid datetime"),
        ({**VISITS, "objectId": "51"}, 400, "objectType is required"),
        ({**VISITS, "after": "nonsense"}, 400, "Invalid paging cursor"),
        ({}, 400, "objectType and objectId are required"),
    ],
)
def test_what_hubspot_refuses_is_refused(portal: RunningPortal, params: dict[str, str], status: int, says: str) -> None:
    answer = get(portal, OCCURRENCES, **params)
    assert answer.status_code == status
    assert says in answer.json()["message"]


def test_a_portal_may_want_an_object_and_may_allow_bigger_pages() -> None:
    with serve(PortalSettings(events_need_an_object=True, events_maximum_limit=1000)) as portal:
        without = get(portal, OCCURRENCES, **VISITS)
        with_object = get(portal, OCCURRENCES, **VISITS, objectType="0-1", objectId="51", limit=1000)
    assert (without.status_code, with_object.status_code) == (400, 200)


def test_a_plan_without_events_refuses_and_says_so() -> None:
    with serve(PortalSettings(features=frozenset())) as portal:
        answers = [get(portal, f"{OCCURRENCES}{rest}") for rest in ("", "/event-types")]
    assert [a.status_code for a in answers] == [403, 403]
    assert "does not have access to events" in answers[0].json()["message"]


def test_events_need_the_scope_of_the_records_they_happened_to() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"crm.objects.contacts.read"}))) as portal:
        visits = get(portal, OCCURRENCES, **VISITS)
        services = get(portal, OCCURRENCES, eventType="pe62515_service_due")
    assert (visits.status_code, services.status_code) == (403, 200)
    assert visits.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.contacts.read"]


def test_a_hundred_thousand_events_of_a_day_are_paged_through_from_any_place() -> None:
    with serve(PortalSettings(events_per_day=100_000, contacts=500, limits=False)) as portal:
        day = list(portal.world.events.of_day(DAY, "e_submitted_form"))
        window = {"occurredBefore": "2026-10-02T00:00:00.001Z", "sort": "DESCENDING"}
        last = get(portal, OCCURRENCES, **VISITS, **window, limit=1).json()
    assert len(day) == len({event.id for event in day}) == 6000
    assert last["results"][0]["occurredAt"] == "2026-10-02T00:00:00Z"
