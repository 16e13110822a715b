"""The asset that closes a day: it waits for every table and writes `_SUCCESS.json`. Wiring only."""

from collections.abc import Sequence

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.catalog.table import Table
from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.faults import day_of_run, hold_up
from hubspot_assets.defs.holding import held_by_run
from hubspot_assets.defs.kinds import KIND_TAG, Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.markdown import listed
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.specs import CODE_VERSION, EXPORT_TAG, OWNERS, asset_key, freshness, waits_for
from hubspot_assets.defs.step import A_RANGE_IS_ONE_RUN

EXPORT_DAY = dg.AssetKey("export_day")


def export_day_asset(
    portal_tables: PortalTables, waited_for: set[dg.AssetKey], looked_at: Sequence[Sequence[Table]]
) -> dg.AssetsDefinition:
    """`export_day`: the day is whole. A reader that globs for files waits for its `_SUCCESS.json`.

    `waited_for`: the tables that no other is made of, and those whose checks hold up the day. `looked_at`: tables,
    step by step, whose checks hold up nothing, because others are made of them: the day is not closed over a fault
    of theirs.
    """
    tables = list(portal_tables)

    @dg.asset(
        key=EXPORT_DAY,
        ins=waits_for(table for table in tables if asset_key(table) in waited_for),
        description="Closes a day: `_SUCCESS.json` lists every table, its rows, and what could not be read and why.",
        group_name="day",
        kinds={"s3"},
        owners=OWNERS,
        tags={EXPORT_TAG: ""},
        code_version=CODE_VERSION,
        partitions_def=daily_partitions(),
        freshness_policy=freshness(),
        backfill_policy=A_RANGE_IS_ONE_RUN,
        op_tags={KIND_TAG: Kind.DAY.value},
    )
    def export_day(
        context: dg.AssetExecutionContext, hubspot: HubSpotResource, lake: LakeResource
    ) -> dg.MaterializeResult[None]:
        names = [table.name for table in tables]
        excluded = [table.name for table in portal_tables.excluded]
        with sentences(context.op_execution_context.retry_number):
            # The last of several days is told of; each has its own `_SUCCESS.json`.
            for day in context.partition_keys:
                with held_by_run(lake.lake(), day, context.run.run_id, context.instance) as held:
                    hold_up(day_of_run(context.run.run_id, portal_tables, lake.lake(), day, hubspot), looked_at)
                    success = held.close_day(day, names, context.log.warning, excluded)
        unavailable = {name: summary.unavailable for name, summary in success.tables.items() if summary.unavailable}
        return dg.MaterializeResult(
            metadata={
                "tables": len(success.tables),
                "rows": sum(summary.rows for summary in success.tables.values()),
                "bytes": sum(summary.bytes for summary in success.tables.values()),
                "unavailable": listed(
                    (f"{name}: {reason.message}" for name, reason in unavailable.items()), none="none"
                ),
            }
        )

    return export_day
