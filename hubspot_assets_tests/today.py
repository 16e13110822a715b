"""The day on which the tests began. It lasts until they have run: no midnight falls into the middle of them.

What a test exports is yesterday, which is over a day later, and yesterday is told when the tests are loaded. Not here:
what midnight does to a run of the product (`defs/test_late.py`), which brings a clock of its own.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from unittest.mock import patch

from hubspot_assets import settings
from hubspot_assets.cli import demo, portal
from hubspot_assets.defs import day_run, late, run, schedules

#: In the environment, so that every process of the tests has the same day.
BEGAN = datetime.fromisoformat(os.environ.setdefault("TESTS_BEGAN", datetime.now(timezone.utc).isoformat()))
TODAY = BEGAN.date()
YESTERDAY = TODAY - timedelta(days=1)

_WHO_ASKS_WHAT_DAY_IT_IS = (settings, day_run, late, run, schedules, demo, portal)


def last_moment(day: date) -> datetime:
    """Return the last moment of a day in UTC."""
    return datetime.combine(day, time.max, timezone.utc)


class Clock(datetime):
    """The time, which stands still at the end of the day."""

    stands_at = last_moment(TODAY)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return the time in a time zone."""
        return min(datetime.now(timezone.utc), cls.stands_at).astimezone(tz)

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return when something was, by this clock."""
        return min(datetime.fromtimestamp(timestamp, timezone.utc), cls.stands_at).astimezone(tz)


@contextmanager
def lasting() -> Iterator[None]:
    """While the block runs, whatever asks which day it is goes by `Clock`."""
    with ExitStack() as stack:
        for module in _WHO_ASKS_WHAT_DAY_IT_IS:
            stack.enter_context(patch.object(module, "datetime", Clock))
        yield
