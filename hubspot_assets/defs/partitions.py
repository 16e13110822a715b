"""One daily partition for each day of the export. Not here: which days can still be read (`days.py`)."""

from functools import cache
from pathlib import Path

import dagster as dg

from hubspot_assets import settings
from hubspot_assets.reading.discovery import load_portal

#: Where nobody said, and the portal catalogue was not discovered.
_FIRST_DAY = "2024-01-01"


def daily_partitions() -> dg.DailyPartitionsDefinition:
    """Every complete day in the export's time zone, from HUBSPOT_FIRST_DAY or the first discovery on.

    Raises SettingError and PortalCatalogueError.
    """
    first = settings.first_day() or _discovered_first(*_version(Path(settings.CATALOG.require()))) or _FIRST_DAY
    return _daily_partitions(str(settings.timezone()), min(first, settings.yesterday()))


@cache
def _daily_partitions(zone: str, first: str) -> dg.DailyPartitionsDefinition:
    return dg.DailyPartitionsDefinition(start_date=first, timezone=zone)


def _version(catalogue: Path) -> tuple[Path, float | None]:
    return catalogue, catalogue.stat().st_mtime if catalogue.exists() else None


# Asked for by each of hundreds of assets.
@cache
def _discovered_first(catalogue: Path, changed: float | None) -> str | None:
    return load_portal().first_day if changed is not None else None
