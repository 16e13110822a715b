"""HubSpot's times: ISO 8601 text, nearly always in UTC, with or without a fraction of a second."""

import re
from datetime import datetime, timedelta, timezone

_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(?:Z|([+-])([0-9]{2}):?([0-5][0-9]))?"
)


def parse(text: str) -> datetime:
    """`2026-01-02T03:04:05Z`, with any number of digits behind the second and any offset, as a datetime in UTC.

    Raises ValueError for anything else.
    """
    if (form := _FORM.fullmatch(text)) is None:
        raise ValueError(f"{text!r} is not a time")
    whole, fraction, sign, hours, minutes = form.groups()
    moment = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    try:
        moment += offset if sign == "-" else -offset
    except OverflowError:
        raise ValueError(f"{text!r} is outside the years 1 to 9999") from None
    return moment + timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))


def of_milliseconds(since_1970: int) -> str | None:
    """Return epoch milliseconds, as HubSpot's older APIs tell times, as a text; None where they are no time."""
    try:
        return text(datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=since_1970))
    except OverflowError:
        return None


def text(moment: datetime) -> str:
    """Return a datetime as HubSpot writes it, to the millisecond."""
    utc = moment.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
