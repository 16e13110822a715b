"""The assets of lists: lists -> list_memberships. Wiring only."""

from collections.abc import Iterator
from itertools import islice

import dagster as dg
import polars as pl

from hubspot_assets.catalog.fixed_tables import LIST_MEMBERSHIPS, LISTS_TABLE
from hubspot_assets.defs.assets.small_tables import Rows, small_tables_asset
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import asset_key, asset_out, output_name
from hubspot_assets.defs.step import step
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.hubspot import lists as api
from hubspot_assets.hubspot.errors import Forbidden, Refused
from hubspot_assets.lake import TableContent, Unavailable
from hubspot_assets.reading.reading import Reading, now
from hubspot_assets.reading.refusals import nothing_given
from hubspot_assets.reading.resuming import answers_of
from hubspot_assets.scratch import scratch_directory
from hubspot_assets.tables import lists
from hubspot_assets.tables.frame_files import FrameFiles

_MEMBERS_A_FRAME = 20_000


def list_assets() -> list[dg.AssetsDefinition]:
    """LISTS whole; LIST_MEMBERSHIPS list by list."""
    return [small_tables_asset("read_lists", {LISTS_TABLE: ()}, _lists), _memberships()]


def _lists(reading: Reading, *_: pl.LazyFrame) -> Rows:
    return {LISTS_TABLE: lists.list_rows(api.read(reading.client))}


def _memberships() -> dg.AssetsDefinition:
    @step(
        Kind.SNAPSHOT,
        name="read_list_memberships",
        outs={output_name(LIST_MEMBERSHIPS): asset_out(LIST_MEMBERSHIPS)},
        ins={"lists_of_day": dg.AssetIn(asset_key(LISTS_TABLE))},
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource, lists_of_day: pl.LazyFrame
    ) -> Iterator[dg.Output[TableContent]]:
        reading, day = hubspot.reading(), context.partition_key
        # Every list is asked, whatever its size: HubSpot's sizes lag, and a list that is being filled says 0.
        of_day = lists_of_day.select("LISTID", "OBJECTTYPEID", "NAME").collect()
        missing = lake.lake().manifest(LISTS_TABLE.name, day).unavailable
        with scratch_directory() as directory, answers_of(lake.lake(), LIST_MEMBERSHIPS.name, day) as answers:
            frames = FrameFiles(directory, "members")
            with answers.reading(reading) as client:
                missing = _spool(reading, client, of_day, frames) or missing
            content = reading.content(LIST_MEMBERSHIPS.columns, frames, missing)
            yield dg.Output(content, output_name=output_name(LIST_MEMBERSHIPS))

    return _read


def _spool(reading: Reading, client: HubSpotClient, of_day: pl.DataFrame, frames: FrameFiles) -> Unavailable | None:
    """Read the members of all lists into frames; says why where HubSpot gives those of none."""
    types = dict(of_day.select("LISTID", "OBJECTTYPEID").iter_rows())
    names = dict(of_day.select("LISTID", "NAME").iter_rows())
    refusals: list[Refused] = []

    def refused(list_id: str, error: Refused) -> None:
        refusals.append(error)
        part = f"members of the list {names.get(list_id) or 'without a name'} ({list_id})"
        reading.refused(part, error, (list_id,), LIST_MEMBERSHIPS.scopes)

    members = iter(api.memberships_of(client, list(types), refused, left_out=reading.leave_out))
    try:
        while batch := list(islice(members, _MEMBERS_A_FRAME)):
            frames.add(lists.membership_frame(batch, types, reading.read_at()))
    except Forbidden as error:
        if frames.count:
            raise
        return nothing_given(error, LIST_MEMBERSHIPS.scopes)
    finally:
        reading.finished_at = now()
    if refusals and not frames.count and len(refusals) == len(types):
        return nothing_given(refusals[0], LIST_MEMBERSHIPS.scopes)
    return None
