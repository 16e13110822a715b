"""EVENTS_<X> of a day against the event occurrences API, those of marketing emails against the email events API.

The export asks for a day at once; here hour by hour, so that a page lost or a bound misread shows. For a sample the
first and the last hour of the day and some between them, whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from hubspot_assets.catalog.event_types import email_event
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, email_events, events
from hubspot_assets.partitions import day_window
from hubspot_assets.verify.cells import moment, naive_utc, text_of, typed, unparsed
from hubspot_assets.verify.comparing import Row, compare
from hubspot_assets.verify.exported import ExportedDay, Sampling
from hubspot_assets.verify.records import Property, property_cells
from hubspot_assets.verify.report import COLUMNS, WHOLE_TABLE, TableReport

_HOURS_OF_A_SAMPLE = 2
#: Fields of an email event that are objects: what is in them has a column for each.
_OBJECTS = ("sentBy", "causedBy", "obsoletedBy", "location", "browser")


def check(
    client: HubSpotClient,
    day: ExportedDay,
    sampling: Sampling,
    table: Table,
    report: TableReport,
    object_types: Sequence[ObjectType],
) -> None:
    """Compare the events of one type. `object_types`: those of the portal, which events name."""
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
    type_ids = type_ids_of(object_types)
    for start, end in windows:
        try:
            found = list(_occurrences(client, event_type.name, start, end))
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
        expected = [event_row(event, event_type.event_type_id, cells, type_ids) for event in found]
        for row in expected:
            for name in row.keys() - columns.keys():
                report.differs(str(row["ID"]), f"{COLUMNS} {name}", None, row[name])
        texts = frozenset(name for name, type_ in columns.items() if type_ == "string" and name.startswith("PROPERTY_"))
        rows = exported.filter(within).collect().rows(named=True)
        compare(report, ("ID",), expected, rows, json_columns=texts)
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


def _occurrences(client: HubSpotClient, name: str, start: datetime, end: datetime) -> Iterator[Mapping[str, Any]]:
    email = email_event(name)
    if email is None:
        for page in events.occurrences(client, name, start, end):
            yield from page
        return
    for page in email_events.read(client, email.api_type, start, end):
        for event in page:
            properties = {key: value for key, value in event.items() if key not in {"id", "created", "type", *_OBJECTS}}
            for key in _OBJECTS:
                inner = event.get(key)
                flat = {f"{key}_{part}": value for part, value in inner.items()} if isinstance(inner, dict) else {}
                properties |= flat if isinstance(inner, dict) or inner is None else {key: inner}
            yield {"id": event["id"], "occurredAt": str(event["created"]), "properties": properties}


def type_ids_of(object_types: Sequence[ObjectType]) -> dict[str, str]:
    """What events call object types -> their ids; a custom object's plain name only where no other type has it."""
    types = {t.object_type_id: t for t in (*STANDARD_OBJECT_TYPES, *object_types)}
    plain = {t.name.upper(): t.object_type_id for t in sorted(types.values(), key=lambda t: not t.is_custom)}
    full = {t.fully_qualified_name.upper(): t.object_type_id for t in types.values() if t.fully_qualified_name}
    return {**plain, **full}


def event_row(
    event: Mapping[str, Any], event_type_id: str, properties: Mapping[str, str], type_ids: Mapping[str, str]
) -> Row:
    """The row that an occurrence must be. `properties`: name -> type of the property columns."""
    object_type = str(event.get("objectType") or "")
    row: dict[str, Any] = {
        "EVENTTYPEID": event_type_id,
        "ID": str(event["id"]),
        "OBJECTTYPEID": type_ids.get(object_type.upper(), object_type) or None,
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
