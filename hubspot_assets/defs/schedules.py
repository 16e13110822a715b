"""When the export runs by itself: the job of one day, its schedule, and the check at the deadline.

All in the export's time zone. A schedule that was not running for days is caught up by Dagster, tick by tick: a day
that can not be read any more is then marked as missed, not made up of today's state.
"""

from datetime import datetime, time, timedelta, timezone

import dagster as dg

from hubspot_assets import settings
from hubspot_assets.days import LateSnapshot, check_snapshot
from hubspot_assets.defs.checks import WITHOUT_DAY, YESTERDAY_IS_IN
from hubspot_assets.defs.specs import EXPORT_TAG

#: All tables of one day as one run, and the checks of that day.
DAILY_EXPORT = dg.define_asset_job(
    "daily_export",
    selection=dg.AssetSelection.tag(EXPORT_TAG, "") - WITHOUT_DAY,
    description="Exports one day: every table of the portal, then `_SUCCESS.json`, then the checks of the day.",
)

DEADLINE = dg.define_asset_job(
    "deadline",
    selection=dg.AssetSelection.checks(YESTERDAY_IS_IN),
    description="Looks whether yesterday is in the lake, and lists the days that were missed.",
)


# Soon after midnight, while the state at the close of the day can still be read; not at 00:00, where everybody calls.
EXPORTS_AT = time(0, 20)


@dg.schedule(
    name="every_day",
    job=DAILY_EXPORT,
    cron_schedule=f"{EXPORTS_AT.minute} {EXPORTS_AT.hour} * * *",
    execution_timezone=str(settings.timezone()),
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Exports yesterday. A tick that comes too late for its day says so and runs nothing.",
)
def EVERY_DAY(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:  # noqa: N802 - a constant
    """The run of the day before a tick, or why there is none."""
    day = _day_before(context.scheduled_execution_time)
    try:
        check_snapshot(day, datetime.now(timezone.utc))
    except LateSnapshot as late:
        return dg.SkipReason(
            f"{day} was missed, because the schedule was not running then. {late} "
            "Its events can still be exported: materialize the assets of the group `events` for that day."
        )
    return dg.RunRequest(run_key=day, partition_key=day)


#: By this hour yesterday is expected.
AT_DEADLINE = dg.ScheduleDefinition(
    name="at_deadline",
    job=DEADLINE,
    cron_schedule="0 6 * * *",
    execution_timezone=str(settings.timezone()),
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Checks at 06:00 that yesterday is in.",
)


def next_export(after: datetime | None = None) -> datetime:
    """Return when the schedule exports next, where it is turned on; an aware datetime in the export's time zone."""
    now = (after or datetime.now(timezone.utc)).astimezone(settings.timezone())
    today = datetime.combine(now.date(), EXPORTS_AT, tzinfo=now.tzinfo)
    return today if today > now else datetime.combine(now.date() + timedelta(days=1), EXPORTS_AT, tzinfo=now.tzinfo)


def _day_before(tick: datetime) -> str:
    return str((tick.astimezone(settings.timezone()) - timedelta(days=1)).date())
