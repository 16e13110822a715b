"""The seam to the lake: frames have exactly the schema of the columns that are declared for them."""

from datetime import datetime

import polars as pl
import pytest

from hubspot_assets.catalog import fixed_tables
from hubspot_assets.catalog.columns import schema
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.hubspot.associations import Association
from hubspot_assets.hubspot.lists import Membership
from hubspot_assets.tables import associations
from hubspot_assets.tables.events import event_columns, event_frame
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.lists import membership_frame
from hubspot_assets.tables.objects import wide_columns
from hubspot_assets.tables.properties import Property

from .making import CONTRACT, READ_AT, KeptChunks, frames_of, record

PROPERTIES = [
    Property(f"p_{type_}", type_)
    for type_ in ("bool", "date", "datetime", "enumeration", "json", "number", "phone_number", "string", "new_type")
]
VALUES = {p.name: "2024-01-02" for p in PROPERTIES}
VERSIONS = {p.name: [("x", "2024-01-01T00:00:00Z")] for p in PROPERTIES}
RECORDS = {
    "set": record(1, VALUES, VERSIONS),
    "nothing set": record(1, dict.fromkeys(VALUES), {}),
    "no history": record(1, VALUES),
    "no time": record(1, {}, None, None),
}


@pytest.mark.parametrize("properties", [PROPERTIES, []], ids=["properties", "no properties"])
@pytest.mark.parametrize("one", RECORDS.values(), ids=RECORDS.keys())
def test_the_six_tables_of_a_type(one: dict[str, object], properties: list[Property]):
    chunks = KeptChunks(properties)
    chunks.add([one], READ_AT)
    tables = CONTRACT.objects["0-1"]

    ((wide, ids, with_object_properties, current, history, sources),) = frames_of(chunks)

    assert wide.schema == schema(wide_columns(tables.wide, properties))
    assert ids.schema == schema(tables.ids.columns)
    assert with_object_properties.schema == schema(tables.with_object_properties.columns)
    assert current.schema == schema(tables.properties.columns)
    assert history.schema == schema(tables.history.columns)
    assert sources.schema == schema(tables.sources.columns)


@pytest.mark.parametrize("table", fixed_tables.FIXED_TABLES, ids=lambda table: table.name)
def test_tables_that_are_made_whole(table: fixed_tables.Table):
    full = {
        column.name: {"boolean": True, "json": {"a": 1}, "datetime": "2024-01-01T00:00:00Z"}.get(column.type, 7)
        for column in table.columns
    }

    for rows in ([], [full], [{}], [{}, full]):
        made = frame(rows, table.columns, READ_AT)
        assert made.schema == schema(table.columns)
        assert made.height == len(rows)


@pytest.mark.parametrize("members", [[], [Membership("1", "2", None)]], ids=["none", "one"])
def test_list_memberships(members: list[Membership]):
    assert membership_frame(members, {}, READ_AT).schema == schema(fixed_tables.LIST_MEMBERSHIPS.columns)


@pytest.mark.parametrize("found", [[], [Association("1", "2", "USER_DEFINED", "3", None)]], ids=["none", "one"])
def test_associations(found: list[Association]):
    both = CONTRACT.associations["0-1", "0-2"]
    links = associations.links(found, READ_AT)
    definitions = frame([], fixed_tables.ASSOCIATION_DEFINITIONS.columns, READ_AT)

    assert associations.named(links, both.named, definitions).schema == schema(both.named.columns)
    assert associations.combined(links, "0-1", "0-2").schema == schema(both.combined.columns)
    inverse = {("USER_DEFINED", "3"): ("USER_DEFINED", "4")}
    assert associations.turned(links, inverse).schema == links.schema


@pytest.mark.parametrize("properties", [PROPERTIES, []], ids=["properties", "no properties"])
@pytest.mark.parametrize(
    "events", [[], [{"id": "1"}], [{"id": "1", "properties": VALUES}]], ids=["none", "bare", "full"]
)
def test_events(events: list[dict[str, object]], properties: list[Property]):
    table = PortalTables(Portal.of([], [EventType("e_x", "4-1")])).events["e_x"]

    made = event_frame(events, table, "4-1", properties, READ_AT, {})

    assert made.schema == schema(event_columns(table, properties))
    assert made.height == len(events)


def test_a_moment_is_kept_to_the_millisecond_and_without_a_zone():
    chunks = KeptChunks([])
    chunks.add([record(1)], READ_AT)

    ((_, ids, *_),) = frames_of(chunks)

    assert ids["INGESTEDAT"].dtype == pl.Datetime("ms")
    assert ids["INGESTEDAT"].item() == datetime(2026, 11, 22, 0, 5, 6, 789_000)
