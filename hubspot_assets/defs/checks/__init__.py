"""Asset checks: what the UI says about a day of the export beyond "it ran".

- `export_day.py`: the rules (`rules.py`) on every day, in the daily run: what must never be fails it, the rest warns;
- `deadline.py`: whether yesterday is there, at the hour it is expected;
- `drift.py`: whether the portal has got types that the export does not know.

All are checks of the asset `export_day`, so that one page says whether the export is well.
"""

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.checks.deadline import YESTERDAY_IS_IN, deadline_check
from hubspot_assets.defs.checks.drift import CATALOGUE_IS_CURRENT, catalogue_check
from hubspot_assets.defs.checks.export_day import day_checks
from hubspot_assets.defs.declaring import keyed

__all__ = ["CATALOGUE_IS_CURRENT", "YESTERDAY_IS_IN", "asset_checks", "of_portal", "without_day"]


def of_portal(check: dg.AssetCheckKey) -> dg.AssetCheckKey:
    """Return the key of a check of `export_day` as the portal that is declared has it."""
    return dg.AssetCheckKey(keyed(check.asset_key), check.name)


def without_day() -> dg.AssetSelection:
    """Return the checks that look at no particular day, and so are no part of a day's run."""
    return dg.AssetSelection.checks(of_portal(YESTERDAY_IS_IN), of_portal(CATALOGUE_IS_CURRENT))


def asset_checks(portal_tables: PortalTables) -> list[dg.AssetChecksDefinition]:
    """Every check of a portal's export."""
    return [day_checks(portal_tables), deadline_check(), catalogue_check(portal_tables.portal)]
