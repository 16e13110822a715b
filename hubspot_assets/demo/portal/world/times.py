"""Moments as HubSpot writes them."""

from datetime import date, datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAY_MS = 86_400_000


def ms_of(day: date) -> int:
    """Milliseconds since 1970 of the day's first moment, UTC."""
    return (day - EPOCH.date()).days * DAY_MS


def iso(ms: int) -> str:
    """``2026-11-22T10:00:00.123Z``, and without the fraction where it is zero, as HubSpot writes it."""
    moment = EPOCH + timedelta(milliseconds=ms)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S") if moment.year >= 1000 else moment.isoformat()[:19]
    return f"{text}.{ms % 1000:03d}Z" if ms % 1000 else f"{text}Z"
