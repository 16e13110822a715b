"""The assets of event types: EVENTS_<X>, the events that occurred on the partition's day. Wiring only.

HubSpot serves the events of any past day, so there is no guard against late days here, and a backfill over a range of
days can be one run. Which of their properties are exported is in `event_properties.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

import dagster as dg

from hubspot_assets.assets.event_properties import NOT_DEFINED, AskedDefinitions, EventProperties, event_properties
from hubspot_assets.assets.event_readers import read_events
from hubspot_assets.assets.specs import asset_out, output_name, step_name, waits_for
from hubspot_assets.catalog.fixed_tables import OBJECT_AND_EVENT_TYPE_DEFINITIONS, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.lake import TableContent, Unavailable
from hubspot_assets.lake.resource import LakeResource
from hubspot_assets.partitions import day_window
from hubspot_assets.refusals import unavailable
from hubspot_assets.resources import HubSpotResource, Reading
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables.event_spool import EventSpool
from hubspot_assets.tables.events import event_columns, event_frame


def event_assets(event_type: EventType, table: Table, object_type_ids: Mapping[str, str]) -> dg.AssetsDefinition:
    """The step that reads one event type, of one day or of each day of a range. `object_type_ids`: of the portal."""

    @dg.multi_asset(
        name=step_name(table),
        outs={output_name(table): asset_out(table)},
        ins=waits_for((OBJECT_AND_EVENT_TYPE_DEFINITIONS, PROPERTY_DEFINITIONS)),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource
    ) -> Iterator[dg.Output[dict[str, TableContent]]]:
        with scratch_directory() as directory:
            contents, asked = {}, AskedDefinitions()
            for day in context.partition_keys:
                reading = hubspot.reading()
                properties = event_properties(event_type, day, lake.lake(), asked, reading)
                spool = _spool(directory / day, properties)
                contents[day] = _day(reading, event_type, table, day, spool, object_type_ids)
            yield dg.Output(contents, output_name=output_name(table))

    return _read


def _spool(directory: Path, properties: EventProperties) -> EventSpool:
    directory.mkdir()
    return EventSpool(directory, properties.known, properties.held_back, properties.also)


def _day(
    reading: Reading,
    event_type: EventType,
    table: Table,
    day: str,
    spool: EventSpool,
    object_type_ids: Mapping[str, str],
) -> TableContent:
    """The events of one day, read into the spool."""
    missing: Unavailable | None = None
    try:
        for page in read_events(reading.client, event_type.name, *day_window(day)):
            spool.add(page, datetime.now(timezone.utc))
    except HubSpotError as error:
        if spool.events:
            raise
        missing = unavailable(error, table.scopes)
    reading.finished_at = datetime.now(timezone.utc)
    for name in sorted(spool.unknown):
        reading.leave_out(f"property {name} of {event_type.name}, {NOT_DEFINED}")
    frames = (
        event_frame(page, table, event_type.event_type_id, spool.properties, read_at, object_type_ids)
        for page, read_at in spool.pages()
    )
    return reading.content(event_columns(table, spool.properties), frames, missing)
