"""How the definitions are put together, for the UI, for the command line and for tests.

Nothing is fetched here and no setting must be set: the portal's types come from the portal catalogue if there is one.
"""

from typing import Any

import dagster as dg

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.defs.alerts import alert_sensors
from hubspot_assets.defs.assets import all_assets
from hubspot_assets.defs.checks import asset_checks
from hubspot_assets.defs.declaring import declaring, named
from hubspot_assets.defs.executor import threads_executor
from hubspot_assets.defs.io_manager import LakeIOManager
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.defs.planned import fingerprint
from hubspot_assets.defs.resources import HubSpotResource, configured
from hubspot_assets.defs.s3_resource import RoleS3Resource
from hubspot_assets.defs.schedules import daily_export, deadline, schedules
from hubspot_assets.defs.sensors import portal_drift
from hubspot_assets.defs.specs import IO_MANAGER
from hubspot_assets.portals import every_portal
from hubspot_assets.reading.exported import exported_tables
from hubspot_assets.settings import Settings


def build_defs(
    portal: Portal | None = None,
    *,
    settings: Settings | None = None,
    resources: dict[str, Any] | None = None,
    **overrides: Any,
) -> dg.Definitions:
    """Return the definitions for a portal, by default the one of its catalogue.

    Without `settings`, they are for the environment's, or for every portal of the portals file where there is one.
    Tests and commands override resources, or any other argument of `Definitions`. Raises SettingError and
    PortalCatalogueError.
    """
    of_deployment = settings or Settings()
    parts: dict[str, Any] = {
        "resources": {},
        "executor": threads_executor,
        "sensors": alert_sensors(of_deployment),
    }
    for one in [settings] if settings else every_portal(of_deployment):
        for name, found in _parts(one, portal).items():
            parts[name] = parts[name] | found if name == "resources" else [*parts.get(name, ()), *found]
    parts["resources"] |= resources or {}
    return dg.Definitions(**{**parts, **overrides})


def _parts(settings: Settings, portal: Portal | None) -> dict[str, Any]:
    """Return what `dg.Definitions` takes of one portal."""
    with declaring(settings):
        portal_tables = exported_tables(settings, portal)
        s3 = RoleS3Resource(**configured(RoleS3Resource, settings, "s3_"))
        lake = LakeResource(
            **configured(LakeResource, settings),
            **configured(LakeResource, settings, "s3_"),
            catalogue=fingerprint(portal_tables.portal.to_json()),
            s3=s3,
        )
        assets = all_assets(portal_tables)
        return {
            "assets": assets,
            "asset_checks": asset_checks(portal_tables, assets),
            "jobs": [daily_export(), deadline()],
            "schedules": schedules(settings),
            "sensors": [portal_drift(portal_tables.portal)],
            "resources": {
                named("hubspot"): HubSpotResource(**configured(HubSpotResource, settings)),
                named("lake"): lake,
                named(IO_MANAGER): LakeIOManager(lake=lake),
            },
        }
