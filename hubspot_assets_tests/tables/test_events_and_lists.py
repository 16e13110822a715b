"""EVENTS_<X>, LISTS and LIST_MEMBERSHIPS."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.catalog.fixed_tables import LISTS_TABLE
from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.hubspot.lists import Membership
from hubspot_assets.tables.event_spool import EventSpool
from hubspot_assets.tables.events import event_columns, event_frame
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.lists import list_rows, membership_frame
from hubspot_assets.tables.properties import Property
from hubspot_assets.verify.events import event_row, type_ids_of

from .making import READ_AT

PORTAL = Portal.of(
    [
        ObjectType("2-77", "car", "Car", "Cars", fully_qualified_name="p7_car"),
        ObjectType("2-78", "contact", "Contact", "Contacts", fully_qualified_name="p7_contact"),
    ],
    [EventType("pe7_done", "6-7")],
)
TABLE = PortalTables(PORTAL).events["pe7_done"]
INGESTED = READ_AT.replace(tzinfo=None)


def event(event_id: str, properties: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
    return {
        "id": event_id,
        "eventType": "pe7_done",
        "objectType": "CONTACT",
        "objectId": 9007199254740993,
        "occurredAt": "2026-11-21T23:59:59.999Z",
        "properties": properties,
        **other,
    }


def rows(events: list[dict[str, Any]], *properties: Property) -> list[dict[str, Any]]:
    made = event_frame(events, TABLE, "6-7", properties, READ_AT, PORTAL.object_type_ids)
    assert made.columns == [column.name for column in event_columns(TABLE, properties)]
    return made.to_dicts()


def test_an_event_is_one_row_with_a_column_for_each_property():
    values = {"amount": "a;b", "when": "2024-01-02T03:04:05Z", "url": "https://x/?a=1,2"}

    (row,) = rows(
        [event("e-1", values)], Property("amount", "number"), Property("url", "string"), Property("when", "datetime")
    )

    assert row == {
        "EVENTTYPEID": "6-7",
        "ID": "e-1",
        "OBJECTTYPEID": "0-1",
        "OBJECTID": "9007199254740993",
        "OCCURREDAT": datetime(2026, 11, 21, 23, 59, 59, 999_000),
        "PROPERTY_AMOUNT": None,
        "PROPERTY_URL": "https://x/?a=1,2",
        "PROPERTY_WHEN": datetime(2024, 1, 2, 3, 4, 5),
        "PROPERTY_UNPARSED_AMOUNT": "a;b",
        "PROPERTY_UNPARSED_WHEN": "1704164645000",
        "INGESTEDAT": INGESTED,
    }


def test_events_without_properties_and_types_without_properties_keep_their_rows():
    events = [event("1"), event("2", {}), event("3", {"other": "x"})]

    assert [row["ID"] for row in rows(events)] == ["1", "2", "3"]
    assert [row["PROPERTY_URL"] for row in rows(events, Property("url", "string"))] == [None, None, None]


def test_a_property_may_be_called_like_a_pattern():
    names = ["*", "^a.*$", "abc"]

    (row,) = rows([event("1", dict.fromkeys(names, "x"))], *(Property(name, "number") for name in names))

    assert [row[f"PROPERTY_UNPARSED_{name.upper()}"] for name in names] == ["x", "x", "x"]


def test_no_events_are_a_frame_with_all_columns():
    assert rows([]) == []
    assert rows([], Property("url", "string"), Property("amount", "number")) == []


@pytest.mark.parametrize(
    ("kind", "object_type_id"),
    [
        ("CONTACT", "0-1"),
        ("company", "0-2"),
        ("0-3", "0-3"),
        ("LEAD", "0-136"),
        ("MEETING_EVENT", "0-47"),
        ("LINE_ITEM", "0-8"),
        ("2-77", "2-77"),
        ("p7_car", "2-77"),
        ("P7_CAR", "2-77"),
        ("car", "2-77"),
        # HubSpot's own type is meant where a custom object has its name.
        ("contact", "0-1"),
        ("p7_contact", "2-78"),
        # Of a type that is not known, what HubSpot calls it is told.
        ("SPACESHIP", "SPACESHIP"),
        ("", None),
        (None, None),
    ],
)
def test_the_type_of_an_events_object_is_its_id_whatever_hubspot_calls_it(kind, object_type_id):
    (row,) = rows([event("1", objectType=kind)])
    (checked,) = [event_row(event("1", objectType=kind), "6-7", {}, type_ids_of(PORTAL.object_types))]

    assert row["OBJECTTYPEID"] == checked["OBJECTTYPEID"] == object_type_id


def test_event_values_that_are_no_texts_are_written_as_json_has_them():
    properties = [Property(name, "string") for name in ("a", "b", "c")]

    (row,) = rows([event("1", {"a": True, "b": 2**53 + 1, "c": {"d": [1]}})], *properties)

    assert [row[f"PROPERTY_{name}"] for name in "ABC"] == ["true", "9007199254740993", '{"d":[1]}']


def test_undefined_properties_of_events_get_columns_and_sensitive_ones_none(tmp_path: Path):
    spool = EventSpool(tmp_path, [Property("amount", "number")], held_back=frozenset({"ssn"}))
    spool.add([event("1", {"b": "x", "ssn": "123"}), event("2", None)], READ_AT)
    spool.add([event("3", {"a": "y"})], READ_AT)

    assert spool.properties == [Property("a", "string"), Property("amount", "number"), Property("b", "string")]
    assert spool.events == 3
    found = [row for page, read_at in spool.pages() for row in rows(page, *spool.properties)]
    assert [(row["ID"], row["PROPERTY_A"], row["PROPERTY_B"]) for row in found] == [
        ("1", None, "x"),
        ("2", None, None),
        ("3", "y", None),
    ]
    assert "123" not in str(found)


def test_where_only_some_undefined_properties_are_known_to_be_harmless_the_others_are_not_even_kept(tmp_path: Path):
    spool = EventSpool(tmp_path, [Property("amount", "number")], frozenset({"ssn"}), also=frozenset({"b"}))
    spool.add([event("1", {"b": "x", "ssn": "123", "other": "456", "amount": "7"}), event("2")], READ_AT)

    assert [p.name for p in spool.properties] == ["amount", "b"]
    assert spool.unknown == {"other"}
    (((kept, without), _),) = spool.pages()
    assert kept["properties"] == {"b": "x", "amount": "7", "other": None}
    assert without["properties"] is None


def test_a_day_without_events_has_the_defined_properties(tmp_path: Path):
    spool = EventSpool(tmp_path, [Property("b", "string"), Property("a", "string")])

    assert [p.name for p in spool.properties] == ["a", "b"]
    assert list(spool.pages()) == []


def test_lists_are_rows_with_size_and_times():
    lists = [
        {
            "listId": 12,
            "name": 'A "list"',
            "processingType": "DYNAMIC",
            "objectTypeId": "0-1",
            "createdAt": "2024-01-01T00:00:00.123Z",
            "createdById": 5,
            "updatedAt": "2024-01-02T00:00:00Z",
            "updatedById": "6",
            "filtersUpdatedAt": "2024-01-03T00:00:00Z",
            "additionalProperties": {"hs_list_size": "30"},
        },
        {"listId": "9007199254740993", "size": 0, "additionalProperties": {"hs_list_size": "7"}},
    ]

    found = frame(list_rows(lists), LISTS_TABLE.columns, READ_AT).to_dicts()

    assert found[0] == {
        "LISTID": "12",
        "CLASSICLISTID": None,
        "NAME": 'A "list"',
        "LISTTYPE": "DYNAMIC",
        "OBJECTTYPEID": "0-1",
        "SIZE": "30",
        "CREATEDAT": datetime(2024, 1, 1, 0, 0, 0, 123_000),
        "CREATEDBYUSERID": "5",
        "UPDATEDBYUSERID": "6",
        "UPDATEDAT": datetime(2024, 1, 2),
        "FILTERSUPDATEDAT": datetime(2024, 1, 3),
        "INGESTEDAT": INGESTED,
    }
    assert (found[1]["LISTID"], found[1]["SIZE"], found[1]["NAME"]) == ("9007199254740993", "0", None)


def test_memberships_say_when_a_record_joined_and_what_type_it_is():
    members = [Membership("1", "9007199254740993", "2024-01-01T00:00:00.5Z"), Membership("2", "7", None)]

    made = membership_frame(members, {"1": "0-1"}, READ_AT)

    assert made.rows() == [
        ("1", "0-1", "9007199254740993", datetime(2024, 1, 1, 0, 0, 0, 500_000), INGESTED),
        ("2", None, "7", None, INGESTED),
    ]
