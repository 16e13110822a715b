"""The assets of event types: EVENTS_<X>, the events that occurred on the partition's day. Wiring only.

HubSpot serves the events of any past day, so there is no guard against late days here, and a backfill over a range of
days can be one run.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from hubspot_assets.assets.definitions import ABOUT_CUSTOM_EVENTS
from hubspot_assets.assets.event_readers import read_events
from hubspot_assets.assets.resuming import Answers, answers_of
from hubspot_assets.assets.specs import asset_out, output_name, step_name, waits_for
from hubspot_assets.catalog.fixed_tables import OBJECT_AND_EVENT_TYPE_DEFINITIONS, PROPERTY_DEFINITIONS
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.table import Table
from hubspot_assets.hubspot import HubSpotError
from hubspot_assets.lake import Lake, PartUnavailable, TableContent, TableMissing, Unavailable
from hubspot_assets.lake.resource import LakeResource
from hubspot_assets.partitions import day_window
from hubspot_assets.refusals import lacking, unavailable
from hubspot_assets.resources import HubSpotResource, Reading, now
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables.email_event_fields import email_event_properties
from hubspot_assets.tables.event_spool import EventSpool
from hubspot_assets.tables.events import event_columns, event_frame
from hubspot_assets.tables.properties import exported_properties, held_back_properties


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
        days = context.partition_keys
        with scratch_directory() as directory:
            spools = {day: _spool(lake.lake(), day, event_type, directory / day) for day in days}
            # Properties that were held back are not in what was put aside.
            held_back = [sorted(spool.held_back) for spool in spools.values()]
            with answers_of(lake.lake(), table.name, days[0], held_back) as answers:
                contents = {}
                for day, spool in spools.items():
                    reading = hubspot.reading()
                    contents[day] = _day(answers, reading, event_type, table, day, spool, object_type_ids)
                    if contents[day].unavailable is None:
                        reading.lacks(_lacks(lake.lake(), day, event_type))
                yield dg.Output(contents, output_name=output_name(table))

    return _read


def _spool(lake: Lake, day: str, event_type: EventType, directory: Path) -> EventSpool:
    """A spool with the properties of that day's definitions; for a day before the first export, of the latest ones."""
    directory.mkdir()
    if declared := email_event_properties(event_type.name):
        return EventSpool(directory, declared)
    for known_day in (day, *reversed(lake.days())):
        try:
            definitions = lake.read(PROPERTY_DEFINITIONS.name, known_day)
        except TableMissing:
            continue
        type_id = event_type.event_type_id
        return EventSpool(
            directory, exported_properties(definitions, type_id), held_back_properties(definitions, type_id)
        )
    return EventSpool(directory, [])


def _lacks(lake: Lake, day: str, event_type: EventType) -> list[PartUnavailable]:
    """What the events of a custom type lack where the definitions of such events are refused."""
    # Of its own events HubSpot defines no properties anywhere.
    if event_type.name.startswith("e_"):
        return []
    try:
        definitions = lake.manifest(PROPERTY_DEFINITIONS.name, day)
    except TableMissing:
        return []
    return lacking(definitions, ABOUT_CUSTOM_EVENTS, "properties of custom events")


def _day(
    answers: Answers,
    reading: Reading,
    event_type: EventType,
    table: Table,
    day: str,
    spool: EventSpool,
    object_type_ids: Mapping[str, str],
) -> TableContent:
    """The events of one day, read into the spool."""
    missing: Unavailable | None = None

    def kept(answer: dict[str, Any]) -> dict[str, Any]:
        found = answer.get("results")
        return {**answer, "results": [*map(spool.without_held_back, found)]} if found else answer

    try:
        with answers.reading(reading, kept) as client:
            for page in read_events(client, event_type.name, *day_window(day)):
                spool.add(page, reading.read_at())
    except HubSpotError as error:
        if spool.events:
            raise
        missing = unavailable(error, table.scopes)
    reading.finished_at = now()
    frames = (
        event_frame(page, table, event_type.event_type_id, spool.properties, read_at, object_type_ids)
        for page, read_at in spool.pages()
    )
    return reading.content(event_columns(table, spool.properties), frames, missing)
