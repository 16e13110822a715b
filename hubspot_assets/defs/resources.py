"""What assets are given to work with: HubSpot's API. (The lake's resource is in `lake_resource.py`.)

Here: how the configuration of a resource and the environment become settings, and settings a client. Not here: what is
read with it (`reading`). No future import of annotations: Dagster reads these at run time.
"""

import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import dagster as dg
from pydantic import Field

from hubspot_assets.defs.holding import run_of
from hubspot_assets.defs.planned import check_planned, decided_by, fingerprint
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.hubspot.http.bounds import Adapter
from hubspot_assets.hubspot.http.limiter import Limiter
from hubspot_assets.hubspot.http.shared_places import SharedPlaces
from hubspot_assets.hubspot.http.transport import connections
from hubspot_assets.reading.reading import Reading
from hubspot_assets.settings import Settings, variable


def configured(
    resource: type[dg.ConfigurableResource],  # type: ignore[type-arg]
    settings: Settings,
    prefix: str = "",
) -> dict[str, Any]:
    """Return the configuration of a resource of a portal, as Dagster shows it.

    Of a portal that is alone, the variables that are set, as EnvVars; of one of several, what its settings are, with
    the token as an EnvVar. `prefix`: what the names of settings begin with that its fields do not say (`s3_`).
    """
    fields = {field: prefix + field for field in resource.model_fields if prefix + field in Settings.model_fields}
    names = {field: variable(setting) for field, setting in fields.items()}
    if "access_token" in names:
        names["access_token"] = settings.token_variable
    given: dict[str, Any] = {field: dg.EnvVar(name) for field, name in names.items() if os.environ.get(name)}
    if settings.portal:
        values = {field: getattr(settings, name) for field, name in fields.items() if field != "access_token"}
        given |= {field: str(value) for field, value in values.items() if fields[field] in settings.model_fields_set}
    return given


def settings_of(given: Mapping[str, str]) -> Settings:
    """Return settings with these values, and for those that are empty with the environment's. Raises SettingError."""
    return _settings(tuple((field, value) for field, value in given.items() if value), tuple(os.environ.items()))


# Dagster sets resources up anew for every step, and settings cost 3 ms to make. They follow from what is compared here.
@lru_cache(maxsize=8)
def _settings(given: tuple[tuple[str, str], ...], _environment: tuple[tuple[str, str], ...]) -> Settings:
    return Settings(**dict(given))


def run_that_uses(resource: dg.ConfigurableResource[Any]) -> dg.DagsterRun | None:
    """Return the run that a resource was set up for; None for one that is used outside of any."""
    context = resource._state__internal__.resource_context
    return context.run if context else None


def run_elsewhere(resource: dg.ConfigurableResource[Any]) -> tuple[dg.DagsterInstance, str] | None:
    """Return the run of a resource, with its instance, where another process than this one began it; else None."""
    context = resource._state__internal__.resource_context
    if context is None or context.run is None or context.instance is None or run_of(context.run.run_id).lake:
        return None
    return context.instance, context.run.run_id


# Dagster sets resources up anew for every step, and steps on threads of a process read one portal side by side.
@lru_cache(maxsize=4)
def _limiter(run_id: str, access_token: str, api_url: str) -> Limiter:
    # Other processes of this machine read the same portal: steps in processes of their own, workers, commands.
    return Limiter(shared=SharedPlaces(access_token, api_url))


# A new connection to HubSpot costs 20 ms of CPU, most of it for reading who is to be trusted. Of a process and not of a
# run: those of runs that are over would stay open.
@lru_cache(maxsize=4)
def _connections(api_url: str) -> Adapter:
    return connections()


_ONE_AT_A_TIME = threading.Lock()


def _client_of_run(run_id: str, access_token: str, api_url: str) -> HubSpotClient:
    """Return a client that keeps to the one rate of a run in this process, by the connections that are open."""
    with _ONE_AT_A_TIME:  # `lru_cache` alone gives two threads that come at once one each
        limiter, adapter = _limiter(run_id, access_token, api_url), _connections(api_url)
    return HubSpotClient(access_token, api_url, limiter=limiter, adapter=adapter)


class HubSpotResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """HubSpot's API, and how it is read. What is left empty is as the environment has it.

    A token is given as an EnvVar only: Dagster keeps and shows every other value.
    """

    access_token: str = Field(default="", description="As HUBSPOT_ACCESS_TOKEN: set it with an EnvVar.")
    token_variable: str = Field(default="", description="As HUBSPOT_TOKEN_VARIABLE.")
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
        """The settings that this makes. Raises SettingError for one that cannot be used."""
        return settings_of({field: getattr(self, field) for field in HubSpotResource.model_fields})

    def decided(self) -> dict[str, str]:
        """What this decides of what is read, as runs note it: whose token it is, and no token."""
        settings = self.settings()
        token = settings.access_token
        return {
            settings.token_variable: fingerprint(token.get_secret_value() if token else ""),
            **decided_by(settings, HubSpotResource.model_fields.keys() - {"access_token"}),
        }

    def reading(self) -> Reading:
        """Return a new reading; all of one run keep to one rate. Raises SettingError when the token is not set."""
        settings = self.settings()
        token, url, run = settings.needed_token(), settings.api_url, run_that_uses(self)
        if elsewhere := run_elsewhere(self):
            check_planned(*elsewhere, self.decided())
        if run:
            client = _client_of_run(run.run_id, token, url)
        else:
            client = HubSpotClient(token, url, limiter=Limiter(shared=SharedPlaces(token, url)))
        return Reading(client.metered(), full_history_days=settings.full_history_days)
