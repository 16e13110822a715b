"""What one cell must hold, in plain Python, from HubSpot's text of a value and the declared type of its property.

Moments are naive datetimes in UTC, cut to milliseconds; days are dates; numbers are HubSpot's own digits as text. Not
here: which cells a record has (`records.py`).
"""

import json
import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

EPOCH = datetime(1970, 1, 1)

#: Types of properties whose text may be none of that type; PROPERTY_UNPARSED_<name> has it, whatever it is.
PARSED_TYPES = frozenset({"number", "date", "datetime"})

_OFFSET = r"Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9]"
_DATETIME = re.compile(
    rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})T([0-9]{{2}}):([0-9]{{2}}):([0-9]{{2}})(?:\.([0-9]{{1,9}}))?({_OFFSET})?"
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EPOCH_MILLISECONDS = re.compile(r"-?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def moment(told: Any) -> datetime | None:
    """The moment that HubSpot tells: ISO 8601 (UTC without an offset) or epoch milliseconds; None for all else."""
    text = text_of(told)
    if not text:
        return None
    try:
        if _EPOCH_MILLISECONDS.fullmatch(text):
            return EPOCH + timedelta(milliseconds=int(text))
        if match := _DATETIME.fullmatch(text):
            *whole, fraction, zone = match.groups()
            parts = [int(part) for part in whole]
            milliseconds = int((fraction or "").ljust(3, "0")[:3])
            return datetime(*parts) + timedelta(milliseconds=milliseconds) - _offset(zone)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        pass
    return None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return offset if zone[0] == "+" else -offset


def day(text: str | None) -> date | None:
    """The day that HubSpot's text tells: a date, or a moment at 00:00 UTC; None where it tells none."""
    if not text:
        return None
    if match := _DATE.fullmatch(text):
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            return None
    at = moment(text)
    return at.date() if at is not None and at.time() == EPOCH.time() else None


def typed(text: str | None, property_type: str) -> Any:
    """The cell of `PROPERTY_<name>`. A cleared value (`""`) is NULL in a number, date or datetime."""
    if property_type == "datetime":
        return moment(text)
    if property_type == "date":
        return day(text)
    if property_type == "number":
        return text if text and _NUMBER.fullmatch(text) else None
    return text


def unparsed(text: str | None, property_type: str) -> str | None:
    """The cell of `PROPERTY_UNPARSED_<name>`: that of `VALUE`, NULL where it was cleared or never set."""
    return raw(text, property_type) if text else None


def raw(text: str, property_type: str) -> str:
    """The cell of `VALUE`: epoch milliseconds of dates and datetimes (of dates at 00:00 UTC), HubSpot's text else."""
    at: datetime | None = None
    if property_type == "datetime":
        at = moment(text)
    elif property_type == "date" and (on := day(text)):
        at = datetime(on.year, on.month, on.day)
    return text if at is None else str((at - EPOCH) // timedelta(milliseconds=1))


def boolean(value: Any) -> bool | None:
    """A boolean that HubSpot may write as text."""
    return {"true": True, "false": False}.get(str(value).lower())


def is_true(value: Any) -> bool:
    """A boolean that is false where HubSpot does not tell it."""
    return boolean(value) is True


def text_of(value: Any) -> str | None:
    """A JSON value as the text of a cell: digits of numbers, true and false, JSON of objects and lists."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_json(value: Any) -> Any:
    """What a cell with a JSON object or list says, whatever its blanks and the order of keys; others as they are."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def naive_utc(at: datetime) -> datetime:
    """An aware moment as the cells have it."""
    return at.astimezone(timezone.utc).replace(tzinfo=None)
