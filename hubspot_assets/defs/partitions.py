"""One daily partition for each day of the export. Not here: which days can still be read (`days.py`)."""

import os
from functools import cache

import dagster as dg

from hubspot_assets.settings import Settings, variable

FIRST_DAY = "2024-01-01"


def daily_partitions() -> dg.DailyPartitionsDefinition:
    """Every complete day in the export's time zone."""
    return _daily_partitions(zone_of_days())


def zone_of_days() -> str:
    """The time zone of the days of this code location: one for all that is in it. Raises SettingError."""
    return _checked(os.environ.get(variable("timezone")) or None)


# Hundreds of assets ask, and reading all settings takes milliseconds.
@cache
def _checked(zone: str | None) -> str:
    return Settings(**{"timezone": zone} if zone else {}).timezone


@cache
def _daily_partitions(zone: str) -> dg.DailyPartitionsDefinition:
    return dg.DailyPartitionsDefinition(start_date=FIRST_DAY, timezone=zone)
