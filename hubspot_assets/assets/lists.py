"""The assets of lists: lists -> list_memberships. Wiring only."""

from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import islice

import dagster as dg
import polars as pl

from hubspot_assets.assets.specs import asset_out, output_name
from hubspot_assets.assets.whole_tables import Rows, whole_tables
from hubspot_assets.catalog.fixed_tables import LIST_MEMBERSHIPS, LISTS_TABLE
from hubspot_assets.hubspot import lists as api
from hubspot_assets.lake import TableContent
from hubspot_assets.lake.resource import LakeResource
from hubspot_assets.partitions import check_snapshot
from hubspot_assets.resources import HubSpotResource, Reading
from hubspot_assets.tables import lists

_MEMBERS_A_FRAME = 100_000


def list_assets() -> list[dg.AssetsDefinition]:
    """LISTS whole, LIST_MEMBERSHIPS as a stream."""
    return [whole_tables("read_lists", {LISTS_TABLE: ()}, _lists), _memberships()]


def _lists(reading: Reading, *_: pl.LazyFrame) -> Rows:
    return {LISTS_TABLE: lists.list_rows(api.read(reading.client))}


def _memberships() -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="read_list_memberships",
        outs={output_name(LIST_MEMBERSHIPS): asset_out(LIST_MEMBERSHIPS)},
        ins={"lists_of_day": dg.AssetIn(dg.AssetKey(LISTS_TABLE.key))},
    )
    def _read(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource, lists_of_day: pl.LazyFrame
    ) -> Iterator[dg.Output[TableContent]]:
        check_snapshot(context.partition_key)
        reading = hubspot.reading()
        # A list that HubSpot says is empty costs no call; one whose size it does not tell is asked.
        filled = lists_of_day.filter(pl.col("SIZE").is_null() | (pl.col("SIZE") != "0"))
        types = dict(filled.select("LISTID", "OBJECTTYPEID").collect().iter_rows())
        content = reading.content(
            LIST_MEMBERSHIPS.columns,
            _member_frames(reading, types),
            lake.lake().manifest(LISTS_TABLE.name, context.partition_key).unavailable,
        )
        yield dg.Output(content, output_name=output_name(LIST_MEMBERSHIPS))

    return _read


def _member_frames(reading: Reading, types: dict[str, str]) -> Iterator[pl.DataFrame]:
    members = iter(api.memberships_of(reading.client, list(types)))
    while batch := list(islice(members, _MEMBERS_A_FRAME)):
        yield lists.membership_frame(batch, types, datetime.now(timezone.utc))
    reading.finished_at = datetime.now(timezone.utc)
