"""The asset that closes a day: it waits for every table and writes `_SUCCESS.json`. Wiring only."""

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.declaring import keyed, named, pool, with_resources_of_portal
from hubspot_assets.defs.failures import sentences
from hubspot_assets.defs.holding import held_by_run
from hubspot_assets.defs.kinds import Kind
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.markdown import listed
from hubspot_assets.defs.partitions import daily_partitions
from hubspot_assets.defs.specs import CODE_VERSION, EXPORT_TAG, OWNERS, asset_key, freshness_of_day, waits_for
from hubspot_assets.defs.step import A_RANGE_IS_ONE_RUN, tags_of

EXPORT_DAY = dg.AssetKey("export_day")
"""Its key, where there is one portal: of several, `keyed(EXPORT_DAY)`."""


def export_day_asset(portal_tables: PortalTables, last: set[dg.AssetKey]) -> dg.AssetsDefinition:
    """`export_day`: the day is whole. A reader that globs for files waits for its `_SUCCESS.json`.

    `last`: the tables that no other is made of. Waiting for every single one would say the same, more slowly.
    """
    tables = list(portal_tables)

    @dg.asset(
        key=keyed(EXPORT_DAY),
        ins=waits_for(table for table in tables if asset_key(table) in last),
        description="Closes a day: `_SUCCESS.json` lists every table with its rows, what could not be read, and why.",
        group_name=named("day"),
        kinds={"s3"},
        owners=OWNERS,
        tags={EXPORT_TAG: ""},
        code_version=CODE_VERSION,
        partitions_def=daily_partitions(),
        freshness_policy=freshness_of_day(),
        backfill_policy=A_RANGE_IS_ONE_RUN,
        op_tags=tags_of(Kind.DAY),
        pool=pool(),
    )
    @with_resources_of_portal
    def export_day(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[None]:
        names = [table.name for table in tables]
        excluded = [table.name for table in portal_tables.excluded]
        with sentences(context.op_execution_context.retry_number):
            # The last of several days is told of; each has its own `_SUCCESS.json`.
            for day in context.partition_keys:
                with held_by_run(lake.lake(), day, context.run.run_id, context.instance) as held:
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
