"""The whole graph in one screen: what `dagster dev` loads.

Nothing is fetched here and no setting is needed: the portal's types come from the portal catalogue if there is one.
"""

from pathlib import Path
from typing import Any

import dagster as dg
from dagster_aws.s3 import S3Resource

from hubspot_assets import settings
from hubspot_assets.assets import all_assets
from hubspot_assets.assets.specs import IO_MANAGER
from hubspot_assets.catalog.contract import Contract
from hubspot_assets.catalog.portal import Portal
from hubspot_assets.lake.io_manager import LakeIOManager
from hubspot_assets.lake.resource import LakeResource
from hubspot_assets.resources import HubSpotResource
from hubspot_assets.schedules import DAILY_EXPORT, EVERY_DAY


def load_portal() -> Portal:
    """The portal of the catalogue at HUBSPOT_CATALOG; the standard one where that is not set and no file is there."""
    path = settings.CATALOG.require()
    if path == settings.DEFAULT_CATALOG and not Path(path).exists():
        return Portal.standard()
    return Portal.load(path)


def build_defs(
    portal: Portal | None = None, *, resources: dict[str, Any] | None = None, **overrides: Any
) -> dg.Definitions:
    """The definitions for a portal, by default the one of the catalogue. Tests and commands override resources."""
    contract = Contract(portal or load_portal())
    lake = LakeResource(s3=S3Resource())
    return dg.Definitions(
        assets=all_assets(contract),
        jobs=[DAILY_EXPORT],
        schedules=[EVERY_DAY],
        resources={
            "hubspot": HubSpotResource(),
            "lake": lake,
            IO_MANAGER: LakeIOManager(lake=lake),
            **(resources or {}),
        },
        # A step costs 70 ms here instead of seconds in a process of its own; HubSpot's limit is the ceiling.
        executor=dg.in_process_executor,
        **overrides,
    )


settings.load_dotenv_file()
defs = build_defs()
