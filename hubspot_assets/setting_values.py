"""What the values of settings must look like: each function returns the value to use.

Raises PydanticCustomError for any other, from which `settings.py` makes the sentence. Not here: which setting has which
of these (`settings.py`).
"""

import re
from datetime import date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from hubspot_assets.outside_text import is_whole

FIRST_OF_ALL_DAYS = "1970-01-01"
"""Time zones would shift the first days of the calendar out of it."""


def access_token(value: SecretStr) -> SecretStr:
    """Return a token without surrounding spaces; refuse one that no header can hold."""
    token = value.get_secret_value().strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise _wrong("contains a space or another character that no access token has")
    return SecretStr(token)


def address(value: str) -> str:
    """Return an http or https address."""
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_one = False
    if not is_one:
        raise _wrong("is not a web address")
    return value


def webhook(value: SecretStr) -> SecretStr:
    """Return the address of a webhook, which is a secret."""
    return SecretStr(address(value.get_secret_value().strip()))


def server(value: str) -> str:
    """Return a host, with or without a port."""
    host, colon, port = value.partition(":")
    if not host or (colon and not (is_whole(port) and 0 < int(port) < 65536)):
        raise _wrong("is neither a host nor host:port")
    return value


def time_zone(value: str) -> str:
    """Return the name of a time zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _wrong("is not a time zone") from None
    return value


def day(value: str) -> str:
    """Return a day, YYYY-MM-DD."""
    try:
        found = str(date.fromisoformat(value))
    except ValueError:
        raise _wrong("is not a day") from None
    if found < FIRST_OF_ALL_DAYS:
        raise _wrong(f"is before {FIRST_OF_ALL_DAYS}, when no portal had records")
    return found


def _wrong(what: str) -> PydanticCustomError:
    return PydanticCustomError("setting", what)
