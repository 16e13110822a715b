"""The asset of who took part in marketing events: objects/marketing_events -> marketing_event_participations.

Wiring only. The events themselves are an object type like others (`object_types.py`).
"""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from hubspot_assets.catalog.fixed_tables import MARKETING_EVENT_PARTICIPATIONS
from hubspot_assets.catalog.portal_tables import ObjectTables, PortalTables
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import asset_key, asset_out, output_name, step_name
from hubspot_assets.defs.step import step
from hubspot_assets.hubspot import HubSpotClient, HubSpotError
from hubspot_assets.hubspot import marketing_events as api
from hubspot_assets.hubspot.errors import Refused
from hubspot_assets.lake import TableContent, Unavailable
from hubspot_assets.reading.reading import Reading, now
from hubspot_assets.reading.refusals import unavailable
from hubspot_assets.reading.resuming import answers_of
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables.frame_files import FrameFiles
from hubspot_assets.tables.frames import frame
from hubspot_assets.tables.participations import participation_rows

_TABLE = MARKETING_EVENT_PARTICIPATIONS


def participation_assets(portal_tables: PortalTables) -> list[dg.AssetsDefinition]:
    """The step that reads participations event by event; none in a portal whose catalogue has no marketing events."""
    return [_participations(portal_tables.marketing_events)] if portal_tables.marketing_events else []


def _participations(events: ObjectTables) -> dg.AssetsDefinition:
    @step(
        Kind.SNAPSHOT,
        name=step_name(_TABLE),
        outs={output_name(_TABLE): asset_out(_TABLE)},
        ins={"events_of_day": dg.AssetIn(asset_key(events.ids))},
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource, events_of_day: pl.LazyFrame
    ) -> Iterator[dg.Output[TableContent]]:
        reading, day = hubspot.reading(), context.partition_key
        missing = lake.lake().manifest(events.ids.name, day).unavailable
        with scratch_directory() as directory, answers_of(lake.lake(), _TABLE.name, day) as answers:
            ids = events_of_day.select("OBJECTID").collect().to_series().to_list()
            frames = FrameFiles(directory, "participations")
            with answers.reading(reading) as client:
                missing = missing or _spool(reading, client, ids, frames)
            yield dg.Output(reading.content(_TABLE.columns, frames, missing), output_name=output_name(_TABLE))

    return _read


def _spool(reading: Reading, client: HubSpotClient, event_ids: list[str], frames: FrameFiles) -> Unavailable | None:
    """Read the participations into frames; says why when HubSpot gives them of no event."""

    def refused(event_id: str, error: Refused) -> None:
        reading.refused(f"participations in the marketing event {event_id}", error, (event_id,))

    try:
        for event_id, page in api.participations_of(client, event_ids, refused):
            frames.add(frame(participation_rows(event_id, page), _TABLE.columns, reading.read_at()))
    except HubSpotError as error:
        if frames.count:
            raise
        return unavailable(error, _TABLE.scopes)
    finally:
        reading.finished_at = now()
    return None
