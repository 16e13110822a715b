"""Definitions, owners, teams and pipelines: small tables, always compared whole.

HubSpot has one route to each of these, so it is the same one as the export's; what their rows must be is computed anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from hubspot_assets.catalog import fixed_tables as fixed
from hubspot_assets.catalog.contract import Contract
from hubspot_assets.catalog.event_types import email_event
from hubspot_assets.catalog.object_types import ObjectType, Source
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
from hubspot_assets.hubspot.errors import BadRequest
from hubspot_assets.verify import definitions
from hubspot_assets.verify.comparing import ChangedSince, Key, Row, compare
from hubspot_assets.verify.exported import ExportedDay
from hubspot_assets.verify.report import WHOLE_TABLE, TableReport

_KEYS: dict[Table, tuple[str, ...]] = {
    fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS: ("OBJECTTYPEID",),
    fixed.PROPERTY_DEFINITIONS: ("OBJECTTYPEID", "NAME", "ARCHIVED"),
    fixed.ASSOCIATION_DEFINITIONS: ("FROMOBJECTTYPEID", "TOOBJECTTYPEID", "COMBINEDASSOCIATIONTYPEID"),
    fixed.OWNERS: ("OWNERID",),
    fixed.OWNER_TEAM: ("OWNERID", "TEAMID"),
    fixed.TEAMS: ("TEAMID",),
    fixed.PIPELINES: ("OBJECTTYPEID", "PIPELINEID"),
    fixed.PIPELINE_STAGES: ("OBJECTTYPEID", "PIPELINEID", "STAGEID"),
}
_JSON = frozenset({"OPTIONS", "METADATA"})
SMALL_TABLES = tuple(_KEYS)


def check(client: HubSpotClient, contract: Contract, day: ExportedDay, table: Table, report: TableReport) -> None:
    """Compare one of SMALL_TABLES."""
    readers: dict[Table, Callable[[], Iterable[Row]]] = {
        fixed.OBJECT_AND_EVENT_TYPE_DEFINITIONS: lambda: _types(client, contract),
        fixed.PROPERTY_DEFINITIONS: lambda: _properties(client, contract, day),
        fixed.ASSOCIATION_DEFINITIONS: lambda: _association_types(client, contract),
        fixed.OWNERS: lambda: definitions.owner_rows(owners.read(client)),
        fixed.OWNER_TEAM: lambda: definitions.owner_team_rows(owners.read(client)),
        fixed.TEAMS: lambda: definitions.team_rows(teams.read(client)),
        fixed.PIPELINES: lambda: _of_pipelines(client, contract, definitions.pipeline_rows),
        fixed.PIPELINE_STAGES: lambda: _of_pipelines(client, contract, definitions.stage_rows),
    }
    try:
        expected = list(readers[table]())
    except HubSpotError as error:
        if not error.unavailable:
            raise
        if day.has(table):
            report.differs("", WHOLE_TABLE, f"{report.rows} rows", str(error))
        return
    if not day.has(table):
        report.differs("", WHOLE_TABLE, report.unavailable, "HubSpot gives it now")
        return
    rows = day.rows(table)
    captured = day.captured_from(table)
    changed = changed_rows(_KEYS[table], chain(expected, rows), captured)
    compare(report, _KEYS[table], expected, rows, changed_since=changed, json_columns=_JSON)
    day.check_read_times(report, table, day.scan(table))


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


def given(ask: Callable[[], Iterable[Any]]) -> list[Any]:
    """The answer; nothing where this portal, plan or token does not have it."""
    try:
        return list(ask())
    except HubSpotError as error:
        if not error.unavailable:
            raise
        return []


def _types(client: HubSpotClient, contract: Contract) -> Iterator[Row]:
    custom = given(lambda: schemas.custom_objects(client))
    events_ = given(lambda: events.definitions(client))
    return definitions.type_rows(contract.portal.object_types, contract.portal.event_types, custom, events_)


def _properties(client: HubSpotClient, contract: Contract, day: ExportedDay) -> Iterator[Row]:
    custom = [schema["objectTypeId"] for schema in given(lambda: schemas.custom_objects(client))]
    owned = {t.object_type_id for t in contract.portal.object_types if has_own_fields(t)}
    owned |= {event.event_type_id for event in contract.portal.event_types if email_event(event.name)}
    splits = {t.object_type_id for t in contract.portal.object_types if t.source is Source.DEAL_SPLITS}
    type_ids = dict.fromkeys([*(t.object_type_id for t in contract.portal.object_types), *custom])
    for type_id in type_ids:
        if type_id not in owned:
            found = given(lambda type_id=type_id: properties.definitions(client, type_id))  # type: ignore[misc]
            if not found and type_id in splits:
                # Without HubSpot's definitions they have what their own API says.
                owned.add(type_id)
            yield from definitions.property_definition_rows(type_id, found)
    for event in given(lambda: events.definitions(client)):
        type_id = event.get("objectTypeId") or event["fullyQualifiedName"]
        yield from definitions.property_definition_rows(type_id, event.get("properties") or [])
    # HubSpot defines no properties of these; their fields are held against their records (`owned_objects.py`,
    # `events.py`).
    yield from (
        {name: value for name, value in row.items() if name != "INGESTEDAT"}
        for type_id in owned
        for row in day.property_definitions.get(type_id, ())
    )


def has_own_fields(object_type: ObjectType) -> bool:
    """Whether a type's fields are those of its own API, because HubSpot has no property definitions for it."""
    from hubspot_assets.verify.owned_objects import READERS  # noqa: PLC0415 - it uses what is above

    return object_type.source in READERS or object_type.source is Source.CAMPAIGN_ASSETS


def _association_types(client: HubSpotClient, contract: Contract) -> Iterator[Row]:
    for pair in contract.associations:
        labels = given(lambda pair=pair: associations.labels(client, *pair))  # type: ignore[misc]
        yield from definitions.association_definition_rows(pair, labels, associations.types(client, *pair))


def _of_pipelines(
    client: HubSpotClient,
    contract: Contract,
    rows_of: Callable[[str, Sequence[Mapping[str, Any]]], Iterator[Row]],
) -> Iterator[Row]:
    for object_type in contract.portal.object_types:
        if object_type.in_crm_objects_api:
            type_id = object_type.object_type_id
            try:
                found = given(lambda type_id=type_id: pipelines.read(client, type_id))  # type: ignore[misc]
            except BadRequest:  # the answer for a type that has no pipelines
                found = []
            yield from rows_of(type_id, found)
