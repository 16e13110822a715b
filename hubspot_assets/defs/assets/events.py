"""The assets of event types: EVENTS_<X>, the events that occurred on the partition's day. Wiring only.

HubSpot serves the events of any past day, so there is no guard against late days here, and a backfill over a range of
days can be one run. Which of their properties are exported is in `event_properties.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from hubspot_assets.catalog.fixed_tables import OBJECT_AND_EVENT_TYPE_DEFINITIONS, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.table import Table
from hubspot_assets.days import day_window
from hubspot_assets.defs.columns import keeps_columns
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import asset_out, output_name, step_name, waits_for
from hubspot_assets.defs.step import step
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.lake import TableContent, Unavailable
from hubspot_assets.reading.event_properties import NOT_DEFINED, AskedDefinitions, EventProperties, event_properties
from hubspot_assets.reading.event_readers import read_events
from hubspot_assets.reading.reading import Reading, now
from hubspot_assets.reading.refusals import unavailable
from hubspot_assets.reading.resuming import Answers, answers_of
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables.event_spool import EventSpool
from hubspot_assets.tables.events import event_columns, event_frame


def event_assets(event_type: EventType, table: Table, object_type_ids: Mapping[str, str]) -> dg.AssetsDefinition:
    """The step that reads one event type, of one day or of each day of a range. `object_type_ids`: of the portal."""

    @step(
        Kind.EVENTS,
        name=step_name(table),
        outs={output_name(table): asset_out(table)},
        ins=waits_for((OBJECT_AND_EVENT_TYPE_DEFINITIONS, PROPERTY_DEFINITIONS)),
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource
    ) -> Iterator[dg.Output[dict[str, TableContent]]]:
        days = context.partition_keys
        with scratch_directory() as directory:
            zone, asked, readings = (
                hubspot.settings().zone,
                AskedDefinitions(),
                {day: hubspot.reading() for day in days},
            )
            spools = {
                day: _spool(directory / day, event_properties(event_type, day, lake.lake(), asked, reading))
                for day, reading in readings.items()
            }
            # Properties that were held back are not in what was put aside.
            held_back = [spool.fingerprint for spool in spools.values()]
            with answers_of(lake.lake(), table.name, days[0], held_back) as answers:
                contents = {
                    day: _day(answers, readings[day], event_type, table, day_window(day, zone), spool, object_type_ids)
                    for day, spool in spools.items()
                }
                for content in contents.values():
                    content.keeps_columns = keeps_columns(table, lake.settings())
                yield dg.Output(contents, output_name=output_name(table))

    return _read


def _spool(directory: Path, properties: EventProperties) -> EventSpool:
    directory.mkdir()
    return EventSpool(directory, properties.known, properties.held_back, properties.also)


def _day(
    answers: Answers,
    reading: Reading,
    event_type: EventType,
    table: Table,
    window: tuple[datetime, datetime],
    spool: EventSpool,
    object_type_ids: Mapping[str, str],
) -> TableContent:
    """The events of one day, from the first moment to the next day's, read into the spool."""
    missing: Unavailable | None = None

    def kept(answer: dict[str, Any]) -> dict[str, Any]:
        found = answer.get("results")
        return {**answer, "results": [*map(spool.harmless, found)]} if found else answer

    try:
        with answers.reading(reading, kept) as client:
            for page in read_events(client, event_type.name, *window):
                spool.add(page, reading.read_at())
    except HubSpotError as error:
        if spool.events:
            raise
        missing = unavailable(error, table.scopes)
    reading.finished_at = now()
    for name in sorted(spool.unknown):
        reading.note(f"The property {name} of {event_type.name} {NOT_DEFINED}.")
    frames = (
        event_frame(page, table, event_type.event_type_id, spool.properties, read_at, object_type_ids)
        for page, read_at in spool.pages()
    )
    return reading.content(event_columns(table, spool.properties), frames, missing)
