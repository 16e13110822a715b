"""Email events in the form of all other events, with columns of their own."""

from datetime import datetime
from pathlib import Path

import pytest

from hubspot_assets.catalog.event_types import EMAIL_EVENTS
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.tables.definitions import property_rows
from hubspot_assets.tables.email_event_fields import email_event_definitions, email_event_properties, occurrence
from hubspot_assets.tables.event_spool import EventSpool
from hubspot_assets.tables.events import event_frame

from .making import READ_AT

CLICKED = "e_clicked_link_in_email_v2"
TABLE = PortalTables(Portal.of([], [EventType(CLICKED, CLICKED)])).events[CLICKED]
CLICK = {
    "id": "c-1",
    "created": 1_795_132_799_999,
    "type": "CLICK",
    "recipient": 'ada."countess"@example.com',
    "portalId": 62515,
    "emailCampaignId": 9_007_199_254_740_993,
    "sentBy": {"id": "s-1", "created": 1_795_000_000_000},
    "location": {"country": "GERMANY", "city": "Berlin, Mitte", "latitude": 52.52},
    "browser": {"name": "Firefox", "version": ["140.0", "141"]},
    "url": 'https://www.example.com/?a=1,2&q="x"',
    "linkId": 0,
    "filteredEvent": False,
    "brandNew": {"a": 1},
}


def test_a_click_is_a_row_with_its_fields_as_columns_and_of_no_record(tmp_path: Path):
    spool = EventSpool(tmp_path, email_event_properties(CLICKED))
    spool.add([occurrence(CLICK)], READ_AT)
    ((page, read_at),) = spool.pages()

    (row,) = event_frame(page, TABLE, CLICKED, spool.properties, read_at, {}).to_dicts()

    told = {n: value for n, value in row.items() if value is not None and not n.startswith("PROPERTY_UNPARSED_")}
    assert row["PROPERTY_UNPARSED_EMAILCAMPAIGNID"] == "9007199254740993"
    assert row["PROPERTY_UNPARSED_SENTBY_CREATED"] == "1795000000000"
    assert told == {
        "EVENTTYPEID": CLICKED,
        "ID": "c-1",
        "OCCURREDAT": datetime(2026, 11, 19, 23, 59, 59, 999_000),
        "PROPERTY_RECIPIENT": 'ada."countess"@example.com',
        "PROPERTY_PORTALID": "62515",
        "PROPERTY_EMAILCAMPAIGNID": "9007199254740993",
        "PROPERTY_SENTBY_ID": "s-1",
        "PROPERTY_SENTBY_CREATED": datetime(2026, 11, 18, 11, 6, 40),
        "PROPERTY_LOCATION_COUNTRY": "GERMANY",
        "PROPERTY_LOCATION_CITY": "Berlin, Mitte",
        "PROPERTY_LOCATION_LATITUDE": "52.52",
        "PROPERTY_BROWSER_NAME": "Firefox",
        "PROPERTY_BROWSER_VERSION": '["140.0","141"]',
        "PROPERTY_URL": 'https://www.example.com/?a=1,2&q="x"',
        "PROPERTY_LINKID": "0",
        "PROPERTY_FILTEREDEVENT": "false",
        "PROPERTY_BRANDNEW": '{"a":1}',
        "INGESTEDAT": READ_AT.replace(tzinfo=None),
    }
    assert {"PROPERTY_REFERER", "PROPERTY_CAUSEDBY_ID", "PROPERTY_USERAGENT", "PROPERTY_DEVICETYPE"} <= row.keys()


def test_a_nested_field_that_is_no_object_is_kept_as_it_is():
    assert occurrence({"id": "1", "created": 5, "location": "Berlin", "browser": None})["properties"] == {
        "location": "Berlin",
        "browser": None,
    }


@pytest.mark.parametrize("event", EMAIL_EVENTS, ids=lambda event: event.api_type)
def test_every_email_event_has_fields_that_are_defined_and_exported(event):
    properties = email_event_properties(event.name)

    rows = {row["NAME"]: row for row in property_rows(event.name, email_event_definitions(event.name))}

    assert {p.name: p.type for p in properties} == {name: row["TYPE"] for name, row in rows.items()}
    assert {"recipient", "emailCampaignId", "sentBy_id", "causedBy_created"} <= rows.keys()
    assert all(row["EXPORTED"] and not row["ARCHIVED"] for row in rows.values())


def test_other_events_have_no_declared_fields():
    assert email_event_properties("e_visited_page") == []
    assert email_event_definitions("pe7_opened_email_v2") == []
