"""EVENTS_<X> of a day against the event occurrences API, those of marketing emails against the email events API.

The export asks for a day at once; here hour by hour, so that a page lost or a bound misread shows. For a sample the
first and the last hour of the day and some between them, whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from hubspot_assets.catalog.event_types import email_event
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES, ObjectType
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, email_events, events
from hubspot_assets.verify.cells import moment, naive_utc, text_of, typed, unparsed
from hubspot_assets.verify.comparing import Row, compare
from hubspot_assets.verify.definitions import property_definition_rows
from hubspot_assets.verify.exported import ExportedDay, Sampling
from hubspot_assets.verify.records import Property, PropertyCell, column_types, property_cells
from hubspot_assets.verify.refusals import CUSTOM_EVENTS, answer_or_refusal, comparable, comparable_part, told_of
from hubspot_assets.verify.report import COLUMNS, TableReport

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
    properties = _properties(client, day, table, event_type, report)
    windows = _hours(*day.window)
    if not sampling.is_full:
        between = Sampling(_HOURS_OF_A_SAMPLE, sampling.seed + table.name).choose(
            [str(n) for n in range(1, len(windows) - 1)]
        )
        windows = [windows[0], *(windows[int(n)] for n in between), windows[-1]]
        report.notes.append(f"{len(windows)} hours of the day were compared")
    type_ids = type_ids_of(object_types)
    carried: set[str] = set()
    for start, end in windows:
        answer = answer_or_refusal(lambda start=start, end=end: _occurrences(client, event_type, start, end))  # type: ignore[misc]
        found = comparable(report, day, table, answer)
        if found is None:
            return
        names = {name for event in found for name in event.get("properties") or {}}
        cells = property_cells(properties.with_carried(names))
        expected = [event_row(event, event_type.event_type_id, cells, type_ids) for event in found]
        _compare(day, table, report, expected, start, end)
        carried |= names
    exported = day.scan(table)
    _check_columns(day, table, report, properties, carried, is_whole=sampling.is_full)
    _check_window(report, exported, *day.window)
    day.check_read_times(report, table, exported)


@dataclass(frozen=True)
class _Properties:
    """Those that have a column anyway, and which others an event may bring: `also`, or where that is None any.

    `held_back` are never exported. `are_unknown`: nobody can say which columns the table should have.
    """

    known: Sequence[Property] = ()
    held_back: Set[str] = frozenset()
    also: Set[str] | None = frozenset()
    are_unknown: bool = False

    def with_carried(self, names: Iterable[str]) -> list[Property]:
        """With those of the names that events may bring: texts, whatever they hold."""
        new = {*names} - {p.name for p in self.known} - self.held_back
        brought = new if self.also is None else new & self.also
        return sorted([*self.known, *(Property(name, "string") for name in brought)])


def _properties(
    client: HubSpotClient, day: ExportedDay, table: Table, event_type: EventType, report: TableReport
) -> _Properties:
    """What of an event type may be exported: nothing that nobody says is harmless.

    By the day's definitions; by HubSpot's, where the day has none of an event type that the portal made.
    """
    rows = day.property_definitions.get(event_type.event_type_id, [])
    if not rows and email_event(event_type.name):
        # HubSpot defines none of these: what they are is the export's word alone.
        report.parts_not_compared[f"properties of {event_type.name}"] = "the day has no definitions of them"
        return _Properties(are_unknown=True)
    if not rows and event_type.is_of_the_portal:
        answer = answer_or_refusal(lambda: events.definitions(client))
        is_there = any(name.startswith("PROPERTY_") for name in day.columns(table))
        told = told_of(day, table, *CUSTOM_EVENTS)
        found = comparable_part(report, told, f"properties of {event_type.name}", answer, is_there=is_there)
        if found is None:
            return _Properties(are_unknown=isinstance(answer, HubSpotError) and is_there)
        mine = [one for one in found if one.get("fullyQualifiedName") == event_type.name]
        if not mine:
            return _Properties(also=frozenset() if event_type.is_defined else None)
        defined = mine[0].get("properties") or ()
        rows = list(property_definition_rows(event_type.event_type_id, defined))
    elif not rows:
        return _Properties(also=None)
    held_back = {row["NAME"] for row in rows if not row["EXPORTED"]}
    harmless = [row for row in rows if row["NAME"] not in held_back]
    current = [Property(r["NAME"], r["TYPE"] or "", r["CREATEDAT"]) for r in harmless if not r["ARCHIVED"]]
    # What an email event has beyond the declared fields is exported as it comes.
    also = None if email_event(event_type.name) else {row["NAME"] for row in harmless}
    return _Properties(current, held_back, also)


def _occurrences(
    client: HubSpotClient, event_type: EventType, start: datetime, end: datetime
) -> list[Mapping[str, Any]]:
    email = email_event(event_type.name)
    if email is None:
        return [event for page in events.occurrences(client, event_type.name, start, end) for event in page]
    return [_of_email(event) for page in email_events.read(client, email.api_type, start, end) for event in page]


def _of_email(event: Mapping[str, Any]) -> dict[str, Any]:
    """An email event as an occurrence, an object in it as a property for each of its parts."""
    properties = {key: value for key, value in event.items() if key not in {"id", "created", "type", *_OBJECTS}}
    for key in _OBJECTS:
        inner = event.get(key)
        if isinstance(inner, dict):
            properties |= {f"{key}_{part}": value for part, value in inner.items()}
        elif inner is not None:
            properties[key] = inner
    return {"id": event["id"], "occurredAt": str(event["created"]), "properties": properties}


def _compare(
    day: ExportedDay, table: Table, report: TableReport, expected: Sequence[Row], start: datetime, end: datetime
) -> None:
    within = (pl.col("OCCURREDAT") >= naive_utc(start)) & (pl.col("OCCURREDAT") < naive_utc(end))
    columns = day.columns(table)
    for row in expected:
        for name in row.keys() - columns.keys():
            report.differs(str(row["ID"]), f"{COLUMNS} {name}", None, row[name])
    texts = frozenset(name for name, type_ in columns.items() if type_ == "string" and name.startswith("PROPERTY_"))
    rows = day.scan(table).filter(within).collect().rows(named=True)
    compare(report, ("ID",), expected, rows, json_columns=texts)


def _check_columns(
    day: ExportedDay, table: Table, report: TableReport, properties: _Properties, carried: set[str], *, is_whole: bool
) -> None:
    """Defined properties and those that events carry have columns, and nothing else. Of a sample, what it can say."""
    expected = column_types(property_cells(properties.with_carried(carried)))
    of_properties = {name: type_ for name, type_ in day.columns(table).items() if name.startswith("PROPERTY_")}
    if properties.are_unknown:
        expected = of_properties
    elif not is_whole:
        # Events of other hours may have brought others.
        may_be = column_types(property_cells(properties.with_carried(properties.also or ())))
        others = of_properties if properties.also is None else {n: may_be[n] for n in of_properties if n in may_be}
        expected = {**{name: type_ for name, type_ in others.items() if type_ == "string"}, **expected}
    day.check_columns(report, table, expected)


def _hours(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The hours of a day: 23, 24 or 25 of them."""
    return list(_hours_from(start, end))


def _hours_from(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + timedelta(hours=1), end)
        start += timedelta(hours=1)


def type_ids_of(object_types: Sequence[ObjectType]) -> dict[str, str]:
    """What events call object types -> their ids; a custom object's plain name only where no other type has it."""
    types = {t.object_type_id: t for t in (*STANDARD_OBJECT_TYPES, *object_types)}
    plain = {t.name.upper(): t.object_type_id for t in sorted(types.values(), key=lambda t: not t.is_custom)}
    full = {t.fully_qualified_name.upper(): t.object_type_id for t in types.values() if t.fully_qualified_name}
    return {**plain, **full}


def event_row(
    event: Mapping[str, Any], event_type_id: str, cells: Sequence[PropertyCell], type_ids: Mapping[str, str]
) -> Row:
    """The row that an occurrence must be."""
    object_type = str(event.get("objectType") or "")
    row: dict[str, Any] = {
        "EVENTTYPEID": event_type_id,
        "ID": str(event["id"]),
        "OBJECTTYPEID": type_ids.get(object_type.upper(), object_type) or None,
        "OBJECTID": text_of(event.get("objectId")),
        "OCCURREDAT": moment(event.get("occurredAt")),
    }
    values = event.get("properties") or {}
    for column, property_, is_unparsed in cells:
        row[column] = (unparsed if is_unparsed else typed)(text_of(values.get(property_.name)), property_.type)
    return row


def _check_window(report: TableReport, exported: pl.LazyFrame, start: datetime, end: datetime) -> None:
    at = pl.col("OCCURREDAT")
    outside = exported.filter((at < naive_utc(start)) | (at >= naive_utc(end)) | at.is_null())
    for row in outside.select("ID", "OCCURREDAT").head(10).collect().rows(named=True):
        report.differs(row["ID"], "OCCURREDAT", row["OCCURREDAT"], f"from {start} on and before {end}")
