"""Which API tells the events of a type, and which types marketing emails have."""

import pytest

from hubspot_assets.catalog.event_types import EMAIL_EVENTS, EventSource, email_event, event_source, unlisted
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.scopes import NO_SCOPES, one_of
from hubspot_assets.reading.discovery import Asking, event_types
from hubspot_assets_tests.hubspot.canned import Answer, CannedHubSpot


@pytest.mark.parametrize(
    ("name", "api_type"),
    [
        ("e_opened_email_v2", "OPEN"),
        ("e_opened_email_v3", "OPEN"),
        ("e_clicked_link_in_email_v2", "CLICK"),
        ("e_mta_delivered_email_v2", "DELIVERED"),
        ("e_mta_bounced_email_v2", "BOUNCE"),
        ("e_hs_scheduled_email_v2", "SENT"),
        ("e_sent_email_v2", "SENT"),
        ("e_reported_spam_email_v2", "SPAMREPORT"),
        ("e_updated_email_subscription_status_v2", "STATUSCHANGE"),
        ("email_dropped", "DROPPED"),
    ],
)
def test_events_of_marketing_emails_are_told_by_the_email_events_api(name: str, api_type: str):
    found = email_event(name)

    assert found is not None
    assert found.api_type == api_type
    assert event_source(name) is EventSource.EMAIL_EVENTS


@pytest.mark.parametrize(
    "name", ["e_visited_page", "pe7_opened_email_v2", "e_opened_tracked_inbox_email_v8", "e_v2_sequence_email_bounced"]
)
def test_every_other_event_is_told_by_the_events_api(name: str):
    assert event_source(name) is EventSource.OCCURRENCES


def test_every_type_of_the_email_events_api_has_one_event_type():
    assert len({e.api_type for e in EMAIL_EVENTS}) == len({e.name for e in EMAIL_EVENTS}) == len(EMAIL_EVENTS)


def test_the_table_of_an_email_event_names_its_api_and_the_scope_that_it_wants():
    portal = Portal.of([], [EventType("e_opened_email_v2", "e_opened_email_v2"), EventType("e_visited_page", "x")])
    tables = PortalTables(portal).events

    opened, visited = tables["e_opened_email_v2"], tables["e_visited_page"]
    assert (opened.name, opened.source, opened.scopes) == (
        "EVENTS_OPENED_EMAIL_V2",
        "Email events API (legacy)",
        one_of("content"),
    )
    assert (visited.source, visited.scopes) == ("Event occurrences API", NO_SCOPES)


def test_a_portal_without_the_events_api_has_the_events_of_marketing_emails():
    refusal = {"message": "This account has no Enterprise hub.", "category": "FORBIDDEN"}

    asking = Asking(CannedHubSpot(lambda request: Answer(refusal, status=403)).client())
    found = event_types(asking, Portal.standard())

    assert [event.name for event in found] == [event.name for event in EMAIL_EVENTS]


def test_email_events_that_hubspot_does_not_list_are_added_and_those_it_lists_are_not_doubled():
    added = unlisted(["e_visited_page", "e_opened_email_v3", "e_sent_email_v2"])

    names = {event.name for event in added}
    assert {"e_clicked_link_in_email_v2", "email_dropped", "email_forwarded"} <= names
    assert not names & {"e_opened_email_v2", "e_hs_scheduled_email_v2"}
    assert len(added) == len(EMAIL_EVENTS) - 2
    # A catalogue with them is one that loads.
    portal = Portal.of([], added)
    assert Portal.from_json(portal.to_json()) == portal
