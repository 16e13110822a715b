"""A portal of contacts, companies, notes and one event type, and its tables of a day, which a test can make wrong."""

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

import polars as pl

from hubspot_assets.catalog.columns import Column, schema
from hubspot_assets.catalog.fixed_tables import ASSOCIATION_DEFINITIONS, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.checks.day import Day
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.lake import Lake, PartUnavailable, TableContent, Unavailable
from hubspot_assets_tests.hubspot.canned import canned

DAY_BEFORE, DAY = "2026-11-21", "2026-11-22"
CONTACTS, COMPANIES, ENGAGEMENTS, NOTES = "0-1", "0-2", "0-4", "0-46"
IDS = {CONTACTS: range(1, 101), COMPANIES: range(201, 221), NOTES: range(301, 331), ENGAGEMENTS: range(301, 331)}

PORTAL = Portal.of(
    [t for t in STANDARD_OBJECT_TYPES if t.object_type_id in IDS],
    [EventType("pe1_opened", "6-1")],
    [(CONTACTS, COMPANIES)],
)
CONTRACT = PortalTables(PORTAL)
NAMES = [table.name for table in CONTRACT]


class SmallDay:
    """The tables of one day as rows. Change `rows`, `columns`, `unavailable` or `parts`, then `write`."""

    def __init__(self, day: str) -> None:
        self.day = day
        self.columns: dict[str, list[Column]] = {table.name: list(table.columns) for table in CONTRACT}
        self.rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in CONTRACT}
        self.unavailable: dict[str, Unavailable] = {}
        self.parts: dict[str, list[PartUnavailable]] = {}
        self.captured_to = datetime.now(timezone.utc)
        for type_id, ids in IDS.items():
            self._object_type(type_id, ids)
        self._associations()
        self.rows["EVENTS_OPENED"] = [{"ID": f"e{number}", "PROPERTY_NAME": "x"} for number in range(5)]
        self.columns["EVENTS_OPENED"].insert(5, Column("PROPERTY_NAME"))
        self.rows[PROPERTY_DEFINITIONS.name] = [property_definition(type_id) for type_id in (*IDS, "6-1")]

    def _object_type(self, type_id: str, ids: Iterable[int]) -> None:
        tables = CONTRACT.objects[type_id]
        records = [{"OBJECTTYPEID": type_id, "OBJECTID": str(number)} for number in ids]
        values = [{**record, "NAME": "name", "VALUE": "x"} for record in records]
        self.columns[tables.wide.name].insert(2, Column("PROPERTY_NAME"))
        if type_id == ENGAGEMENTS:
            self.columns[tables.wide.name].insert(2, Column("PROPERTY_HS_ENGAGEMENT_TYPE"))
        self.rows[tables.wide.name] = [{**record, "PROPERTY_NAME": "x"} for record in records]
        self.rows[tables.ids.name] = records
        self.rows[tables.with_object_properties.name] = [{**record, "PROPERTIES": "{}"} for record in records]
        self.rows[tables.properties.name] = values
        self.rows[tables.history.name] = [row for row in values for _ in range(3)]
        self.rows[tables.sources.name] = [{**record, "NAME": "name"} for record in records for _ in range(3)]

    def _associations(self) -> None:
        for from_type, to_type, combined in ((CONTACTS, COMPANIES, "0-1"), (COMPANIES, CONTACTS, "0-2")):
            tables = CONTRACT.associations[from_type, to_type]
            ends = list(zip(IDS[from_type], IDS[to_type], strict=False))
            near, far = (column.name for column in tables.named.columns[:2])
            self.rows[tables.named.name] = [
                {near: str(a), far: str(b), "COMBINEDASSOCIATIONTYPEID": combined} for a, b in ends
            ]
            self.rows[tables.combined.name] = [
                {"FROMOBJECTID": str(a), "TOOBJECTID": str(b), "COMBINEDASSOCIATIONTYPEID": combined}
                for a, b in reversed(ends)
            ]
            self.rows[ASSOCIATION_DEFINITIONS.name].append(
                {"FROMOBJECTTYPEID": from_type, "TOOBJECTTYPEID": to_type, "COMBINEDASSOCIATIONTYPEID": combined}
            )

    def without_objects(self, type_id: str, keep: int) -> None:
        """Keep only the first records of a type, in all its tables."""
        for table in CONTRACT.objects[type_id]:
            ids = {str(number) for number in list(IDS[type_id])[:keep]}
            self.rows[table.name] = [row for row in self.rows[table.name] if row["OBJECTID"] in ids]

    def write(self, lake: Lake, *, leave_out: Iterable[str] = (), close: bool = True) -> None:
        with lake.exporting(self.day) as held:
            for name in NAMES:
                if name not in leave_out:
                    self.write_table(held, name)
            if close:
                held.close_day(self.day)

    def write_table(self, lake: Lake, name: str) -> None:
        columns, gone = self.columns[name], self.unavailable.get(name)
        frame = pl.DataFrame([] if gone else self.rows[name], schema=schema(columns), orient="row")
        content = TableContent(columns, frame, unavailable=gone, captured_to=self.captured_to)
        content.parts_unavailable = self.parts.get(name, [])
        lake.write(name, self.day, content)


def property_definition(type_id: str, name: str = "name", **changes: Any) -> dict[str, Any]:
    """A row of PROPERTY_DEFINITIONS."""
    return {"OBJECTTYPEID": type_id, "NAME": name, "TYPE": "string", "EXPORTED": True, "ARCHIVED": False, **changes}


def totals(**changes: int) -> dict[str, Any]:
    """HubSpot's answer on how many records there are: what the lake has, but for `contacts=...`."""
    usage = {CONTACTS: changes.get("contacts", 100), COMPANIES: 20, NOTES: 30}
    return {"hubspotDefinedObjectTypes": [{"objectTypeId": key, "usage": count} for key, count in usage.items()]}


def looked_at(lake: Lake, day: str = DAY, client: HubSpotClient | None = None, **limits: float) -> Day:
    """The day as the rules see it, with a HubSpot that counts what the lake has."""
    hubspot = client or canned(totals()).client()
    return Day(CONTRACT, lake, day, lambda: hubspot, **limits)


def table_of(type_id: str) -> Table:
    """OBJECTS_<X> of an object type."""
    return CONTRACT.objects[type_id].wide
