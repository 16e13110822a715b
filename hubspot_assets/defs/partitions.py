"""One daily partition for each day of the export. Not here: which days can still be read (`days.py`)."""

import os
from functools import cache
from pathlib import Path

import dagster as dg

from hubspot_assets.defs.declaring import declared
from hubspot_assets.reading.discovery import load_portal
from hubspot_assets.settings import Settings, variable

#: Where nobody said, and the portal catalogue was not discovered.
_FIRST_DAY = "2024-01-01"
_READ = ("timezone", "first_day", "catalog")


def daily_partitions() -> dg.DailyPartitionsDefinition:
    """Return every complete day in the time zone of the portal that is declared, from its first day on.

    That is HUBSPOT_FIRST_DAY, or else the day before its first discovery. Raises SettingError and PortalCatalogueError.
    """
    settings = _settings()
    first = settings.first_day or _discovered_first(*_version(settings.catalog)) or _FIRST_DAY
    return _daily_partitions(settings.timezone, min(first, settings.yesterday))


def zone_of_days() -> str:
    """Return the time zone of the days of the portal that is declared. Raises SettingError."""
    return _settings().timezone


def _settings() -> Settings:
    return declared() or _settings_given(tuple((field, os.environ.get(variable(field))) for field in _READ))


# Hundreds of assets ask, and reading all settings takes milliseconds.
@cache
def _settings_given(given: tuple[tuple[str, str | None], ...]) -> Settings:
    return Settings(**{field: value for field, value in given if value})


@cache
def _daily_partitions(zone: str, first: str) -> dg.DailyPartitionsDefinition:
    return dg.DailyPartitionsDefinition(start_date=first, timezone=zone)


def _version(catalogue: Path) -> tuple[Path, float | None]:
    return catalogue, catalogue.stat().st_mtime if catalogue.exists() else None


# Asked for by each of hundreds of assets.
@cache
def _discovered_first(catalogue: Path, changed: float | None) -> str | None:
    return load_portal(catalogue).first_day if changed is not None else None
