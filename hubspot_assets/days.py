"""The days of the export, and which of them can still be read from HubSpot.

Day D is the state at the close of D, read soon after midnight. HubSpot serves only its current state, so a day that is
long over can not be made again. Not here: events, which HubSpot serves for any past day; Dagster's partitions
(`defs/partitions.py`).
"""

from datetime import date, datetime, time, timedelta, timezone

from hubspot_assets import settings
from hubspot_assets.errors import ExportError, UsageError


class DayNotExportable(UsageError):
    """The day is no complete day of the export's calendar."""


class LateSnapshot(ExportError):
    """A day that is long over was asked for; what HubSpot has now is not what it had then."""


def check_snapshot(day: str, began: datetime) -> None:
    """Raise LateSnapshot unless `day` is the last complete day (or a late snapshot is allowed).

    `began`: when the run that asks began, aware. Not the current time: what a run may read would change at midnight.
    """
    if not is_over(day, began) or settings.flag(settings.LATE_SNAPSHOT):
        return
    last_complete_day = _last_complete_day(began)
    raise LateSnapshot(
        f"The state of {day} can not be read any more: HubSpot serves only its current state, and the last day that "
        f"can still be exported is {last_complete_day}. To write today's state into {day} all the same, set "
        f"{settings.LATE_SNAPSHOT.name}=true; the manifests keep the true time."
    )


def is_over(day: str, began: datetime) -> bool:
    """Whether the state at the close of `day` could not be read any more at a moment (aware)."""
    return date.fromisoformat(day) < _last_complete_day(began)


def _last_complete_day(moment: datetime) -> date:
    return moment.astimezone(settings.timezone()).date() - timedelta(days=1)


def day_window(day: str) -> tuple[datetime, datetime]:
    """The first moment of a day and of the next one, in the export's time zone, as UTC."""
    zone = settings.timezone()
    start = datetime.combine(date.fromisoformat(day), time.min, tzinfo=zone)
    end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time.min, tzinfo=zone)
    return start.astimezone(timezone.utc), end.astimezone(timezone.utc)
