"""What looks at HubSpot between exports, without a run: whether the portal has got types that are not exported."""

import dagster as dg

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.defs.checks import of_portal
from hubspot_assets.defs.checks.drift import CATALOGUE_IS_CURRENT, catalogue_result
from hubspot_assets.defs.declaring import named, with_resources_of_portal
from hubspot_assets.defs.resources import HubSpotResource

_DAY_SECONDS = 24 * 60 * 60


def portal_drift(portal: Portal) -> dg.SensorDefinition:
    """`portal_drift`: once a day, three calls, and a new result of the check `portal_catalogue_is_current`.

    A tick fails with HubSpot's sentence when HubSpot cannot be asked, and is skipped where no token is set.
    """

    check = of_portal(CATALOGUE_IS_CURRENT)

    @dg.sensor(
        name=named("portal_drift"),
        minimum_interval_seconds=_DAY_SECONDS,
        description="Compares the portal's custom objects and event types with the portal catalogue, without a run.",
    )
    @with_resources_of_portal
    def _sensor(hubspot: HubSpotResource) -> dg.SensorResult:
        if hubspot.settings().access_token is None:
            return dg.SensorResult(skip_reason="HUBSPOT_ACCESS_TOKEN is not set, so HubSpot was not asked.")
        result = catalogue_result(portal, hubspot.reading().client)
        evaluation = dg.AssetCheckEvaluation(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=result.passed,
            severity=result.severity,
            description=result.description,
            metadata=result.metadata,
        )
        return dg.SensorResult(asset_events=[evaluation], skip_reason=result.description)

    return _sensor
