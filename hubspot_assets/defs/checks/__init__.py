"""Asset checks: what the UI says about a day of the export beyond "it ran".

- `tables.py`: what HubSpot gives of each type and whether its tables are sound, on the tables themselves;
- `export_day.py`: whether the day as a whole is closed, and nothing of it refused;
- `deadline.py`: whether yesterday is there, at the hour it is expected;
- `drift.py`: whether the portal has got types that the export does not know.

The last three are on `export_day`, so that one page says whether the export is well. Every check runs alone, and
without a partition: then it looks at the last exported day, and says so.
"""

from collections.abc import Sequence

import dagster as dg

from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.assets import read_by_others
from hubspot_assets.defs.checks.deadline import YESTERDAY_IS_IN, deadline_check
from hubspot_assets.defs.checks.drift import CATALOGUE_IS_CURRENT, catalogue_check
from hubspot_assets.defs.checks.export_day import day_checks
from hubspot_assets.defs.checks.tables import table_checks
from hubspot_assets.defs.specs import groups_of

#: The checks that look at no particular day, and so are no part of a day's run.
WITHOUT_DAY = dg.AssetSelection.checks(YESTERDAY_IS_IN, CATALOGUE_IS_CURRENT)

__all__ = ["CATALOGUE_IS_CURRENT", "WITHOUT_DAY", "YESTERDAY_IS_IN", "asset_checks"]


def asset_checks(portal_tables: PortalTables, assets: Sequence[dg.AssetsDefinition]) -> list[dg.AssetChecksDefinition]:
    """Every check of a portal's export; `assets` are those of its tables."""
    return [
        *table_checks(portal_tables, groups_of(assets, portal_tables), read_by_others(assets)),
        day_checks(portal_tables),
        deadline_check(),
        catalogue_check(portal_tables.portal),
    ]
