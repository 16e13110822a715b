"""How the definitions are put together, for the UI, for the command line and for tests.

Nothing is fetched here and no setting must be set: the portal's types come from the portal catalogue if there is one.
"""

from typing import Any

import dagster as dg

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.defs.alerts import alert_sensors
from hubspot_assets.defs.assets import all_assets
from hubspot_assets.defs.checks import asset_checks
from hubspot_assets.defs.executor import threads_executor
from hubspot_assets.defs.io_manager import LakeIOManager
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.resources import HubSpotResource, of_environment
from hubspot_assets.defs.s3_resource import RoleS3Resource
from hubspot_assets.defs.schedules import DAILY_EXPORT, DEADLINE, schedules
from hubspot_assets.defs.sensors import portal_drift
from hubspot_assets.defs.specs import IO_MANAGER
from hubspot_assets.reading.exported import exported_tables
from hubspot_assets.settings import Settings


def build_defs(
    portal: Portal | None = None,
    *,
    settings: Settings | None = None,
    resources: dict[str, Any] | None = None,
    **overrides: Any,
) -> dg.Definitions:
    """The definitions for a portal, by default the one of the catalogue; `settings`: by default the environment's.

    Tests and commands override resources, or any other argument of `Definitions`.
    """
    settings = settings or Settings()
    portal_tables = exported_tables(settings, portal)
    s3 = RoleS3Resource(**of_environment(RoleS3Resource, "s3_"))
    lake = LakeResource(**of_environment(LakeResource), **of_environment(LakeResource, "s3_"), s3=s3)
    assets = all_assets(portal_tables)
    parts: dict[str, Any] = {
        "assets": assets,
        "asset_checks": asset_checks(portal_tables, assets),
        "jobs": [DAILY_EXPORT, DEADLINE],
        "schedules": schedules(settings),
        "sensors": [portal_drift(portal_tables.portal), *alert_sensors(settings)],
        "resources": {
            "hubspot": HubSpotResource(**of_environment(HubSpotResource)),
            "lake": lake,
            IO_MANAGER: LakeIOManager(lake=lake),
            **(resources or {}),
        },
        "executor": threads_executor,
    }
    return dg.Definitions(**{**parts, **overrides})
