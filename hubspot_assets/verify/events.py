"""EVENTS_<X> of a day against the event occurrences API.

The export asks for a day at once; here hour by hour, so that a page lost or a bound misread shows. For a sample the
first and the last hour of the day and some between them, whole.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, events
from hubspot_assets.partitions import day_window
from hubspot_assets.verify.cells import moment, naive_utc, text_of, typed, unparsed
from hubspot_assets.verify.comparing import Row, compare
from hubspot_assets.verify.exported import ExportedDay, Sampling
from hubspot_assets.verify.records import Property, property_cells
from hubspot_assets.verify.report import COLUMNS, WHOLE_TABLE, TableReport

_HOURS_OF_A_SAMPLE = 2
_TYPE_IDS = {"CONTACT": "0-1", "COMPANY": "0-2", "DEAL": "0-3", "TICKET": "0-5"}


def check(client: HubSpotClient, day: ExportedDay, sampling: Sampling, table: Table, report: TableReport) -> None:
    """Compare the events of one type."""
    event_type = table.event_type
    if event_type is None or report.missing is not None:
        return
    properties, held_back = _defined(day, event_type.event_type_id)
    windows = _hours(*day_window(day.day))
    if not sampling.is_full:
        between = Sampling(_HOURS_OF_A_SAMPLE, sampling.seed + table.name).choose(
            [str(n) for n in range(1, len(windows) - 1)]
        )
        windows = [windows[0], *(windows[int(n)] for n in between), windows[-1]]
        report.notes.append(f"{len(windows)} hours of the day were compared")
    exported = day.scan(table) if day.has(table) else None
    columns = day.columns(table)
    for start, end in windows:
        try:
            found = [event for page in events.occurrences(client, event_type.name, start, end) for event in page]
        except HubSpotError as error:
            if not error.unavailable:
                raise
            if exported is not None:
                report.differs("", WHOLE_TABLE, f"{report.rows} rows", str(error))
            return
        if exported is None:
            report.differs("", WHOLE_TABLE, report.unavailable, "HubSpot gives it now")
            return
        within = (pl.col("OCCURREDAT") >= naive_utc(start)) & (pl.col("OCCURREDAT") < naive_utc(end))
        undefined = {name for event in found for name in event.get("properties") or {}} - properties.keys() - held_back
        cells = {**properties, **dict.fromkeys(undefined, "string")}
        expected = [event_row(event, event_type.event_type_id, cells) for event in found]
        for row in expected:
            for name in row.keys() - columns.keys():
                report.differs(str(row["ID"]), f"{COLUMNS} {name}", None, row[name])
        compare(report, ("ID",), expected, exported.filter(within).collect().rows(named=True))
    if exported is not None:
        _check_window(report, exported, *day_window(day.day))
        day.check_read_times(report, table, exported)


def _hours(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The hours of a day: 23, 24 or 25 of them."""
    return list(_hours_from(start, end))


def _hours_from(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + timedelta(hours=1), end)
        start += timedelta(hours=1)


def _defined(day: ExportedDay, event_type_id: str) -> tuple[dict[str, str], set[str]]:
    """The defined properties of an event type with their types, and those that are held back."""
    rows = day.property_definitions.get(event_type_id, ())
    kept = {row["NAME"]: row["TYPE"] or "" for row in rows if row["EXPORTED"] and not row["ARCHIVED"]}
    return kept, {row["NAME"] for row in rows if not row["EXPORTED"]}


def event_row(event: Mapping[str, Any], event_type_id: str, properties: Mapping[str, str]) -> Row:
    """The row that an occurrence must be. `properties`: name -> type of the property columns."""
    object_type = str(event.get("objectType") or "")
    row: dict[str, Any] = {
        "EVENTTYPEID": event_type_id,
        "ID": str(event["id"]),
        "OBJECTTYPEID": _TYPE_IDS.get(object_type.upper(), object_type) or None,
        "OBJECTID": text_of(event.get("objectId")),
        "OCCURREDAT": moment(event.get("occurredAt")),
    }
    values = event.get("properties") or {}
    for column, property_, is_unparsed in property_cells([Property(*item) for item in sorted(properties.items())]):
        row[column] = (unparsed if is_unparsed else typed)(text_of(values.get(property_.name)), property_.type)
    return row


def _check_window(report: TableReport, exported: pl.LazyFrame, start: datetime, end: datetime) -> None:
    at = pl.col("OCCURREDAT")
    outside = exported.filter((at < naive_utc(start)) | (at >= naive_utc(end)) | at.is_null())
    for row in outside.select("ID", "OCCURREDAT").head(10).collect().rows(named=True):
        report.differs(row["ID"], "OCCURREDAT", row["OCCURREDAT"], f"from {start} on and before {end}")
