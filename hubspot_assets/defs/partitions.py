"""One daily partition for each day of the export. Not here: which days can still be read (`days.py`)."""

from functools import cache

import dagster as dg

from hubspot_assets import settings

FIRST_DAY = "2024-01-01"


def daily_partitions() -> dg.DailyPartitionsDefinition:
    """Every complete day in the export's time zone."""
    return _daily_partitions(str(settings.timezone()))


@cache
def _daily_partitions(zone: str) -> dg.DailyPartitionsDefinition:
    return dg.DailyPartitionsDefinition(start_date=FIRST_DAY, timezone=zone)
