"""Definitions, owners, teams and pipelines: small tables, always compared whole.

HubSpot has one route to each of these, so it is the same one as the export's; what their rows must be is computed anew.
Most are asked for part by part (an object type, a pair of them), and HubSpot may refuse one of them.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from hubspot_assets.catalog import fixed_tables as fixed
from hubspot_assets.catalog.event_types import email_event
from hubspot_assets.catalog.object_types import ENGAGEMENTS
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.sources import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import (
    HubSpotClient,
    HubSpotError,
    associations,
    events,
    owners,
    pipelines,
    properties,
    schemas,
    teams,
)
from hubspot_assets.verify import definitions
from hubspot_assets.verify.comparing import ChangedSince, Key, Row, compare
from hubspot_assets.verify.exported import ExportedDay
from hubspot_assets.verify.refusals import CUSTOM_EVENTS, answer_or_refusal, comparable, comparable_part, told_of
from hubspot_assets.verify.report import TableReport

_JSON = frozenset({"OPTIONS", "METADATA"})
SMALL_TABLES = (
    fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS,
    fixed.PROPERTY_DEFINITIONS,
    fixed.ASSOCIATION_DEFINITIONS,
    fixed.OWNERS,
    fixed.OWNER_TEAM,
    fixed.TEAMS,
    fixed.PIPELINES,
    fixed.PIPELINE_STAGES,
)


@dataclass(frozen=True)
class _Part:
    """Rows that HubSpot answers in one piece, or its refusal. `about`: what `told_of` asks for, if a part can lack."""

    key: Hashable
    name: str
    about: tuple[str, ...]
    rows: Sequence[Row] | HubSpotError


_CUSTOM_OBJECTS = ("custom objects",)

#: Which part an exported row belongs to; tables that are not named here come whole.
_PART_OF: dict[Table, Callable[[Row], Hashable]] = {
    fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS: lambda row: _kind(row["METATYPE"], row["OBJECTTYPEID"]),
    fixed.PROPERTY_DEFINITIONS: lambda row: row["OBJECTTYPEID"],
    fixed.ASSOCIATION_DEFINITIONS: lambda row: (row["FROMOBJECTTYPEID"], row["TOOBJECTTYPEID"]),
    fixed.PIPELINES: lambda row: row["OBJECTTYPEID"],
    fixed.PIPELINE_STAGES: lambda row: row["OBJECTTYPEID"],
}


def check(
    client: HubSpotClient, portal_tables: PortalTables, day: ExportedDay, table: Table, report: TableReport
) -> None:
    """Compare one of SMALL_TABLES."""
    readers: dict[Table, Callable[[], Iterable[_Part]]] = {
        fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS: lambda: _types(client, portal_tables, day),
        fixed.PROPERTY_DEFINITIONS: lambda: _properties(client, portal_tables, day),
        fixed.ASSOCIATION_DEFINITIONS: lambda: _association_types(client, portal_tables),
        fixed.OWNERS: lambda: _whole(definitions.owner_rows(owners.read(client))),
        fixed.OWNER_TEAM: lambda: _whole(definitions.owner_team_rows(owners.read(client))),
        fixed.TEAMS: lambda: _whole(definitions.team_rows(teams.read(client))),
        fixed.PIPELINES: lambda: _of_pipelines(client, portal_tables, definitions.pipeline_rows),
        fixed.PIPELINE_STAGES: lambda: _of_pipelines(client, portal_tables, definitions.stage_rows),
    }
    found = comparable(report, day, table, answer_or_refusal(lambda: list(readers[table]())))
    if found is None:
        return
    day.check_columns(report, table)
    expected, rows = _comparable(found, day, table, report)
    # A property that is archived may have the name of one that is not.
    key = (*table.row_key, "ARCHIVED") if table is fixed.PROPERTY_DEFINITIONS else table.row_key
    changed = changed_rows(key, chain(expected, rows), day.captured_from(table))
    compare(report, key, expected, rows, changed_since=changed, json_columns=_JSON)
    day.check_read_times(report, table, day.scan(table))


def _comparable(
    found: Iterable[_Part], day: ExportedDay, table: Table, report: TableReport
) -> tuple[list[Row], list[Row]]:
    """The expected and the exported rows of the parts that can be compared, and exported rows of no part at all."""
    part_of = _PART_OF.get(table)
    exported: dict[Hashable, list[Row]] = {}
    for row in day.rows(table):
        exported.setdefault(part_of(row) if part_of else None, []).append(row)
    expected: list[Row] = []
    for part in found:
        told = told_of(day, table, *part.about) if part.about else None
        rows = comparable_part(report, told, part.name, part.rows, is_there=part.key in exported)
        if rows is None:
            exported.pop(part.key, None)
        expected += rows or ()
    return expected, list(chain.from_iterable(exported.values()))


def changed_rows(key: Sequence[str], rows: Iterable[Row], captured: datetime) -> ChangedSince:
    """Rows whose own UPDATEDAT or CREATEDAT is from the capture or later."""
    late = {
        tuple(row.get(name) for name in key)
        for row in rows
        if any(at is not None and at >= captured for at in (row.get("UPDATEDAT"), row.get("CREATEDAT")))
    }

    def changed_since(of: Key, _column: str) -> bool:
        return of in late

    return changed_since


def _whole(rows: Iterable[Row]) -> list[_Part]:
    return [_Part(None, "all rows", (), list(rows))]


def _kind(metatype: str, type_id: str) -> str:
    return "event" if metatype == "event" else "custom" if type_id.startswith("2-") else "standard"


def _types(client: HubSpotClient, portal_tables: PortalTables, day: ExportedDay) -> Iterator[_Part]:
    table = fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS
    custom = answer_or_refusal(lambda: schemas.custom_objects(client))
    events_ = answer_or_refusal(lambda: events.definitions(client))
    known = definitions.type_rows(
        portal_tables.portal.object_types,
        portal_tables.portal.event_types,
        [] if isinstance(custom, HubSpotError) else custom,
        [] if isinstance(events_, HubSpotError) else events_,
    )
    rows: dict[str, list[Row]] = {"standard": [], "custom": [], "event": []}
    for row in known:
        rows[_kind(row["METATYPE"], row["OBJECTTYPEID"])].append(row)
    yield _Part("standard", "standard types", (), rows["standard"])
    for kind, answer, about in (("custom", custom, _CUSTOM_OBJECTS), ("event", events_, CUSTOM_EVENTS)):
        refusal = answer if isinstance(answer, HubSpotError) else None
        # What HubSpot refused to the export as well is defined by the portal catalogue alone.
        by_catalogue = refusal is not None and told_of(day, table, *about) is not None
        if by_catalogue:
            refusal = None
        yield _Part(kind, f"{kind} types", () if by_catalogue else about, refusal or rows[kind])


def _properties(client: HubSpotClient, portal_tables: PortalTables, day: ExportedDay) -> Iterator[_Part]:
    schemas_ = answer_or_refusal(lambda: schemas.custom_objects(client))
    custom = [] if isinstance(schemas_, HubSpotError) else [schema["objectTypeId"] for schema in schemas_]
    owned = {t.object_type_id for t in portal_tables.portal.object_types if t.source.value.fields}
    owned |= {event.event_type_id for event in portal_tables.portal.event_types if email_event(event.name)}
    splits = {t.object_type_id for t in portal_tables.portal.object_types if t.source is Source.DEAL_SPLITS}
    type_ids = dict.fromkeys([*(t.object_type_id for t in portal_tables.portal.object_types), *custom])
    for type_id in type_ids:
        if type_id not in owned:
            found = answer_or_refusal(lambda type_id=type_id: properties.definitions(client, type_id))  # type: ignore[misc]
            was_refused = told_of(day, fixed.PROPERTY_DEFINITIONS, "properties of", type_id) is not None
            if type_id in splits and was_refused and isinstance(found, HubSpotError):
                # Without HubSpot's definitions they have what their own API says.
                owned.add(type_id)
            else:
                yield _of_type("properties of", type_id, found, _property_rows(client, type_id))
    yield from _event_properties(client, portal_tables)
    # HubSpot defines no properties of these; their fields are held against their records (`owned_objects.py`,
    # `events.py`).
    for type_id in owned:
        own = day.property_definitions.get(type_id, ())
        yield _Part(type_id, type_id, (), [{n: value for n, value in row.items() if n != "INGESTEDAT"} for row in own])


def _property_rows(client: HubSpotClient, type_id: str) -> Callable[[str, Sequence[Mapping[str, Any]]], Iterator[Row]]:
    """The rows of a type's definitions, and of what the export defines of engagements."""
    groups = answer_or_refusal(lambda: properties.groups(client, type_id))

    def rows(type_id: str, found: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        told = [] if isinstance(groups, HubSpotError) else groups
        own = definitions.with_engagement_type(found) if type_id == ENGAGEMENTS else found
        return definitions.property_definition_rows(type_id, own, told)

    return rows


def _event_properties(client: HubSpotClient, portal_tables: PortalTables) -> Iterator[_Part]:
    found = answer_or_refusal(lambda: events.definitions(client))
    if isinstance(found, HubSpotError):
        for event_type in portal_tables.portal.event_types:
            if event_type.is_of_the_portal and email_event(event_type.name) is None:
                name = f"properties of {event_type.name}"
                yield _Part(event_type.event_type_id, name, CUSTOM_EVENTS, found)
        return
    for event in found:
        type_id = event.get("objectTypeId") or event["fullyQualifiedName"]
        own = list(definitions.property_definition_rows(type_id, event.get("properties") or ()))
        yield _Part(type_id, f"properties of {type_id}", CUSTOM_EVENTS, own)


def _of_type(
    what: str,
    type_id: str,
    found: Sequence[Mapping[str, Any]] | HubSpotError,
    rows_of: Callable[[str, Sequence[Mapping[str, Any]]], Iterator[Row]],
) -> _Part:
    rows = found if isinstance(found, HubSpotError) else list(rows_of(type_id, found))
    return _Part(type_id, f"{what} {type_id}", (what, type_id), rows)


def _association_types(client: HubSpotClient, portal_tables: PortalTables) -> Iterator[_Part]:
    for pair in portal_tables.associations:
        labels = answer_or_refusal(lambda pair=pair: associations.labels(client, *pair))  # type: ignore[misc]
        rows: Sequence[Row] | HubSpotError = (
            labels
            if isinstance(labels, HubSpotError)
            else list(definitions.association_definition_rows(pair, labels, associations.types(client, *pair)))
        )
        yield _Part(pair, f"association types of {pair[0]} to {pair[1]}", ("association types of", *pair), rows)


def _of_pipelines(
    client: HubSpotClient,
    portal_tables: PortalTables,
    rows_of: Callable[[str, Sequence[Mapping[str, Any]]], Iterator[Row]],
) -> Iterator[_Part]:
    for object_type in portal_tables.portal.object_types:
        if object_type.in_crm_objects_api:
            type_id = object_type.object_type_id
            found = answer_or_refusal(lambda type_id=type_id: pipelines.read(client, type_id))  # type: ignore[misc]
            yield _of_type("pipelines of", type_id, found, rows_of)
