"""How the definitions are put together, for the UI, for the command line and for tests.

Nothing is fetched here and no setting is needed: the portal's types come from the portal catalogue if there is one.
"""

from typing import Any

import dagster as dg

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.defs.alerts import alert_sensors
from hubspot_assets.defs.assets import all_assets
from hubspot_assets.defs.checks import asset_checks
from hubspot_assets.defs.executor import threads_executor
from hubspot_assets.defs.io_manager import LakeIOManager
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.s3_resource import RoleS3Resource
from hubspot_assets.defs.schedules import AT_DEADLINE, DAILY_EXPORT, DEADLINE, EVERY_DAY
from hubspot_assets.defs.sensors import portal_drift
from hubspot_assets.defs.specs import IO_MANAGER
from hubspot_assets.reading.discovery import load_portal


def build_defs(
    portal: Portal | None = None, *, resources: dict[str, Any] | None = None, **overrides: Any
) -> dg.Definitions:
    """The definitions for a portal, by default the one of the catalogue.

    Tests and commands override resources, or any other argument of `Definitions`.
    """
    portal_tables = PortalTables(portal or load_portal())
    lake = LakeResource(s3=RoleS3Resource())
    assets = all_assets(portal_tables)
    parts: dict[str, Any] = {
        "assets": assets,
        "asset_checks": asset_checks(portal_tables, assets),
        "jobs": [DAILY_EXPORT, DEADLINE],
        "schedules": [EVERY_DAY, AT_DEADLINE],
        "sensors": [portal_drift(portal_tables.portal), *alert_sensors()],
        "resources": {
            "hubspot": HubSpotResource(),
            "lake": lake,
            IO_MANAGER: LakeIOManager(lake=lake),
            **(resources or {}),
        },
        "executor": threads_executor,
    }
    return dg.Definitions(**{**parts, **overrides})
