"""What assets are given to work with: HubSpot's API. (The lake's resource is in `lake_resource.py`.)

Here: how settings become a client. Not here: what is read with it (`reading`).
"""

import dagster as dg

from hubspot_assets import settings
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.reading.reading import Reading


class HubSpotResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """HubSpot's API, by the settings. It has no configuration: a token must never be in a run's config."""

    def reading(self) -> Reading:
        """A new reading. Raises SettingError when the token is not set."""
        client = HubSpotClient(settings.ACCESS_TOKEN.require(), settings.API_URL.require())
        return Reading(client.metered())
