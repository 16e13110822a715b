"""When the export runs by itself: the job of one day, its schedule, and the check at the deadline.

All in the export's time zone. A schedule that was not running for days is caught up by Dagster, tick by tick: a day
that cannot be read any more is then marked as missed, not made up of today's state.
"""

from datetime import datetime, timedelta, timezone
from typing import Any

import dagster as dg

from hubspot_assets.days import EXPORTS_AT, LateSnapshot, check_snapshot
from hubspot_assets.defs.checks import YESTERDAY_IS_IN, of_portal, without_day
from hubspot_assets.defs.declaring import PORTAL, named, portal_name
from hubspot_assets.defs.specs import EXPORT_TAG
from hubspot_assets.settings import Settings

DAILY_EXPORT = "daily_export"
DEADLINE = "deadline"


def daily_export() -> Any:
    """Return the job `daily_export`: all tables of one day as one run, and the checks of that day."""
    portal = portal_name()
    # Other projects' assets may stand beside those of the export, and other portals' do.
    every = dg.AssetSelection.tag(EXPORT_TAG, "")
    if portal:
        every &= dg.AssetSelection.key_prefixes([portal])
    return dg.define_asset_job(
        named(DAILY_EXPORT),
        selection=every - without_day(),
        description="Exports one day: every table of the portal, then `_SUCCESS.json`, then the checks of the day.",
        tags={PORTAL: portal} if portal else None,
    )


def deadline() -> Any:
    """Return the job `deadline`, which the schedule `at_deadline` runs."""
    return dg.define_asset_job(
        named(DEADLINE),
        selection=dg.AssetSelection.checks(of_portal(YESTERDAY_IS_IN)),
        description="Checks whether yesterday has been exported, and lists the days that were missed.",
    )


def schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """Both schedules, in the time zone of the settings."""
    return [every_day(settings), at_deadline(settings)]


def every_day(settings: Settings) -> dg.ScheduleDefinition:
    """`every_day`: the run of the day before a tick, or why there is none."""

    @dg.schedule(
        name=named("every_day"),
        job_name=named(DAILY_EXPORT),
        cron_schedule=f"{EXPORTS_AT.minute} {EXPORTS_AT.hour} * * *",
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Exports yesterday. A tick that comes too late for its day says so and starts no run.",
    )
    def _schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = str((context.scheduled_execution_time.astimezone(settings.zone) - timedelta(days=1)).date())
        try:
            check_snapshot(day, datetime.now(timezone.utc), settings)
        except LateSnapshot as late:
            return dg.SkipReason(
                f"{day} was missed because the schedule was not running. {late} Its events can still be exported: "
                "materialize the assets in the group `events` for that day."
            )
        return dg.RunRequest(run_key=day, partition_key=day)

    return _schedule


def at_deadline(settings: Settings) -> dg.ScheduleDefinition:
    """`at_deadline`: looks at the hour by which yesterday is expected."""
    return dg.ScheduleDefinition(
        name=named("at_deadline"),
        job_name=named(DEADLINE),
        cron_schedule="0 6 * * *",
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Checks at 06:00 that yesterday has been exported.",
    )
