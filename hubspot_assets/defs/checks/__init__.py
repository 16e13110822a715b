"""Asset checks: what the UI says about a day of the export beyond "it ran".

- `tables.py`: what HubSpot gives of each type, on the tables themselves;
- `export_day.py`: what must never be in a day, and what a person should look at;
- `deadline.py`: whether yesterday is there, at the hour it is expected;
- `drift.py`: whether the portal has got types that the export does not know.

The last three are on `export_day`, so that one page says whether the export is well.
"""

from collections.abc import Sequence

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.checks.deadline import YESTERDAY_IS_IN, deadline_check
from hubspot_assets.defs.checks.drift import CATALOGUE_IS_CURRENT, catalogue_check
from hubspot_assets.defs.checks.export_day import day_checks
from hubspot_assets.defs.checks.tables import table_checks
from hubspot_assets.defs.declaring import keyed
from hubspot_assets.defs.specs import groups_of

__all__ = ["CATALOGUE_IS_CURRENT", "YESTERDAY_IS_IN", "asset_checks", "of_portal", "without_day"]


def of_portal(check: dg.AssetCheckKey) -> dg.AssetCheckKey:
    """Return the key of a check of `export_day` as the portal that is declared has it."""
    return dg.AssetCheckKey(keyed(check.asset_key), check.name)


def without_day() -> dg.AssetSelection:
    """Return the checks that look at no particular day, and so are no part of a day's run."""
    return dg.AssetSelection.checks(of_portal(YESTERDAY_IS_IN), of_portal(CATALOGUE_IS_CURRENT))


def asset_checks(portal_tables: PortalTables, assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetChecksDefinition]:
    """Every check of a portal's export; `assets` are those of its tables."""
    return [
        table_checks(groups_of(assets, portal_tables)),
        day_checks(portal_tables),
        deadline_check(),
        catalogue_check(portal_tables.portal),
    ]
