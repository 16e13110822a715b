"""The days of the export, which of them can still be read from HubSpot, and when the next one is.

Day D is the state at the close of D, read soon after midnight. HubSpot serves only its current state, so a day that is
long over cannot be made again. Not here: events, which HubSpot serves for any past day; Dagster's partitions
(`defs/partitions.py`).
"""

from datetime import date, datetime, time, timedelta, timezone, tzinfo

from hubspot_assets.errors import ExportError, UsageError
from hubspot_assets.settings import Settings

# Soon after midnight, while the state at the close of the day can still be read; not at 00:00, where everybody calls.
EXPORTS_AT = time(0, 20)


class DayNotExportable(UsageError):
    """The day is no complete day of the export's calendar."""


class LateSnapshot(ExportError):
    """A day that is long over was asked for; what HubSpot has now is not what it had then."""


def check_snapshot(day: str, began: datetime, settings: Settings) -> None:
    """Raise LateSnapshot unless `day` is the last complete day (or the settings allow a late snapshot).

    `began`: when the run that asks began, aware. Not the current time: what a run may read would change at midnight.
    """
    if not is_over(day, began, settings.zone) or settings.allow_late_snapshot:
        return
    last_complete_day = _last_complete_day(began, settings.zone)
    raise LateSnapshot(
        f"The state of {day} can no longer be read: HubSpot serves only its current state, and the last day that can "
        f"still be exported is {last_complete_day}. To write today's state into {day} anyway, set "
        "HUBSPOT_ALLOW_LATE_SNAPSHOT=true; the manifests record when it was really read."
    )


def is_over(day: str, began: datetime, zone: tzinfo) -> bool:
    """Whether the state at the close of `day` could not be read any more at a moment (aware)."""
    return date.fromisoformat(day) < _last_complete_day(began, zone)


def _last_complete_day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date() - timedelta(days=1)


def day_window(day: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of a day and of the next one, in the export's time zone, as UTC."""
    start = datetime.combine(date.fromisoformat(day), time.min, tzinfo=zone)
    end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time.min, tzinfo=zone)
    return start.astimezone(timezone.utc), end.astimezone(timezone.utc)


def next_export(zone: tzinfo, after: datetime | None = None) -> datetime:
    """Return when the schedule exports next, where it is turned on; an aware datetime in the time zone `zone`."""
    now = (after or datetime.now(timezone.utc)).astimezone(zone)
    today = datetime.combine(now.date(), EXPORTS_AT, tzinfo=zone)
    return today if today > now else datetime.combine(now.date() + timedelta(days=1), EXPORTS_AT, tzinfo=zone)
