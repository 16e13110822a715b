"""Marketing events and who took part, read by HubSpot's own SDK and on the dated path."""

from typing import Any

import pytest

from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.portal.world.marketing_events import STATES

from .reading import every_row, get, sdk, sdk_rows
from .sdk import as_ms, assert_every_field_is_somewhere

EVENTS = "/marketing/marketing-events/2026-09"


PORTAL = PortalSettings(limits=False)


def test_the_sdk_reads_every_event_and_every_field_it_knows(portal: RunningPortal) -> None:
    events = portal.world.marketing_events
    rows = sdk_rows(sdk(portal).marketing.events.basic_api.get_all, limit=9)
    assert [row.object_id for row in rows] == [events.object_id(event) for event in events.listed()]
    for row, event in zip(rows, events.listed(), strict=True):
        assert (row.event_name, as_ms(row.updated_at)) == (event.name, event.updated_ms)
        assert row.registrants == len(events.participations(event))
    assert_every_field_is_somewhere(rows, never={})


def test_the_sdk_reads_every_participation_of_every_event(portal: RunningPortal) -> None:
    events = portal.world.marketing_events
    read = sdk(portal).marketing.events.retrieve_participant_state_api
    seen: list[Any] = []
    for event in events.listed():
        object_id = events.object_id(event)
        rows = sdk_rows(read.get_participations_breakdown_by_marketing_event_id, marketing_event_id=object_id, limit=50)
        truth = events.participations(event)
        assert [(row.associations.contact.contact_id, row.properties.attendance_state) for row in rows] == [
            (part.contact_id, part.state) for part in truth
        ]
        assert {row.associations.marketing_event.marketing_event_id for row in rows} <= {object_id}
        counters = read.get_participations_counters_by_marketing_event_id(object_id)
        assert (counters.registered, counters.attended) == (len(truth), sum(p.state == "ATTENDED" for p in truth))
        seen += rows
    assert len({row.id for row in seen}) == len(seen)
    assert {row.properties.attendance_state for row in seen} == set(STATES)
    assert_every_field_is_somewhere(seen, never={})


def test_the_newer_path_tells_the_same_page_by_page(portal: RunningPortal) -> None:
    events = portal.world.marketing_events
    rows = every_row(portal, EVENTS)
    assert rows == [events.as_json(event) for event in events.listed()]
    assert get(portal, f"{EVENTS}/{rows[0]['objectId']}").json() == rows[0]
    parts = every_row(portal, f"{EVENTS}/participations/{rows[0]['objectId']}/breakdown", limit=100)
    assert len(parts) == 130, "more than a page"
    assert get(portal, f"{EVENTS}/participations/{rows[6]['objectId']}/breakdown").json() == {"total": 0, "results": []}


def test_participations_are_told_by_contact_and_by_state(portal: RunningPortal) -> None:
    first = portal.world.marketing_events.participations(portal.world.marketing_events.listed()[0])
    path = f"{EVENTS}/participations/contacts/{first[3].contact_id}/breakdown"
    by_id, by_email = every_row(portal, path), every_row(portal, path.replace(first[3].contact_id, first[3].email))
    assert by_id == by_email != []
    event = f"{EVENTS}/participations/{portal.world.marketing_events.object_id(first[0].event)}/breakdown"
    attended = every_row(portal, event, state="ATTENDED", limit=100)
    assert len(attended) == sum(part.state == "ATTENDED" for part in first)
    assert get(portal, event, state="SLEPT").status_code == 400


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        (EVENTS, {"limit": 101}, 400),
        (f"{EVENTS}/nobody", {}, 404),
        (f"{EVENTS}/participations/nobody/breakdown", {}, 404),
        ("/crm/objects/2026-09/0-54", {}, 400),
    ],
)
def test_what_hubspot_refuses_is_refused(portal: RunningPortal, path: str, params: dict[str, Any], status: int) -> None:
    assert get(portal, path, **params).status_code == status


def test_marketing_events_need_their_scope() -> None:
    with serve(PortalSettings(without_scopes=frozenset({"crm.objects.marketing_events.read"}))) as portal:
        answer = get(portal, EVENTS)
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.marketing_events.read"]
