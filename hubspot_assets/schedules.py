"""When the export runs by itself: the job of one day, and its schedule in the export's time zone."""

import dagster as dg

#: All tables of one day as one run.
DAILY_EXPORT = dg.define_asset_job(
    "daily_export",
    selection=dg.AssetSelection.all(),
    description="Exports one day: every table of the portal, then `_SUCCESS.json`.",
)

#: Soon after midnight, while the state at the close of the day can still be read; not at 00:00, where everybody calls.
EVERY_DAY = dg.build_schedule_from_partitioned_job(DAILY_EXPORT, name="every_day", hour_of_day=0, minute_of_hour=20)
