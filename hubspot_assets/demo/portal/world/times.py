"""Moments as HubSpot writes them."""

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAY_MS = 86_400_000
_MINUTES = tuple(f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440))


def ms_of(day: date) -> int:
    """Milliseconds since 1970 of the day's first moment, UTC."""
    return (day - EPOCH.date()).days * DAY_MS


@lru_cache(maxsize=8192)
def _day_text(day: int) -> str:
    return (EPOCH.date() + timedelta(days=day)).isoformat()


def iso(ms: int) -> str:
    """``2026-11-22T10:00:00.123Z``, and without the fraction where it is zero, as HubSpot writes it."""
    # Written by hand because every record has a dozen, and strftime would be half the cost of a page.
    day, rest = divmod(ms, DAY_MS)
    minute, rest = divmod(rest, 60_000)
    second, fraction = divmod(rest, 1000)
    text = f"{_day_text(day)}{_MINUTES[minute]}{second:02d}"
    return f"{text}.{fraction:03d}Z" if fraction else f"{text}Z"
