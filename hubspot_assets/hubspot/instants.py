"""HubSpot's times: ISO 8601 text in UTC, with or without a fraction of a second."""

from datetime import datetime, timedelta, timezone


def parse(text: str) -> datetime:
    """`2026-01-02T03:04:05Z`, with any number of digits behind the second, as a datetime in UTC.

    Raises ValueError for anything else.
    """
    whole, _, fraction = text.removesuffix("Z").removesuffix("+00:00").partition(".")
    moment = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    if not fraction:
        return moment
    if not fraction.isdecimal():
        raise ValueError(f"{text!r} is not a time in UTC")
    return moment + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))


def text(moment: datetime) -> str:
    """Return a datetime as HubSpot writes it, to the millisecond."""
    utc = moment.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
