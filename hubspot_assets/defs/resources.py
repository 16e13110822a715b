"""What assets are given to work with: HubSpot's API. (The lake's resource is in `lake_resource.py`.)

Here: how the configuration of a resource and the environment become settings, and settings a client. Not here: what is
read with it (`reading`). No future import of annotations: Dagster reads these at run time.
"""

import os
from collections.abc import Mapping
from typing import Any

import dagster as dg
from pydantic import Field

from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.reading.reading import Reading
from hubspot_assets.settings import Settings, variable


def of_environment(resource: type[dg.ConfigurableResource], prefix: str = "") -> dict[str, Any]:  # type: ignore[type-arg]
    """The configuration of a resource by the variables that are set, as EnvVars: Dagster shows their names.

    `prefix`: what the names of its settings begin with that its own fields do not say (`s3_`).
    """
    fields = [field for field in resource.model_fields if prefix + field in Settings.model_fields]
    names = {field: variable(prefix + field) for field in fields}
    return {field: dg.EnvVar(name) for field, name in names.items() if os.environ.get(name)}


def settings_of(given: Mapping[str, str]) -> Settings:
    """Settings with these values, and for those that are empty with the environment's. Raises SettingError."""
    return Settings(**{field: value for field, value in given.items() if value})


class HubSpotResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """HubSpot's API, and how it is read. What is left empty is as the environment has it.

    A token is given as an EnvVar only: Dagster keeps and shows every other value.
    """

    access_token: str = Field(default="", description="As HUBSPOT_ACCESS_TOKEN: give it by an EnvVar.")
    api_url: str = Field(default="", description="As HUBSPOT_API_URL.")
    timezone: str = Field(default="", description="As HUBSPOT_TIMEZONE.")
    allow_late_snapshot: str = Field(default="", description="As HUBSPOT_ALLOW_LATE_SNAPSHOT.")
    full_history_days: str = Field(default="", description="As HUBSPOT_FULL_HISTORY_DAYS.")
    row_fall_limit: str = Field(default="", description="As HUBSPOT_ROW_FALL_LIMIT.")
    count_tolerance: str = Field(default="", description="As HUBSPOT_COUNT_TOLERANCE.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    __str__ = __repr__

    def settings(self) -> Settings:
        """The settings that this makes. Raises SettingError for one that can not be used."""
        return settings_of({field: getattr(self, field) for field in HubSpotResource.model_fields})

    def reading(self) -> Reading:
        """A new reading. Raises SettingError when the token is not set."""
        settings = self.settings()
        client = HubSpotClient(settings.needed_token(), settings.api_url)
        return Reading(client.metered(), full_history_days=settings.full_history_days)
