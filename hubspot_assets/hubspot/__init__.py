"""HubSpot's HTTP API for exports, on `requests`. Knows nothing of Dagster, Polars or S3.

    from hubspot_assets.hubspot import HubSpotClient, objects

    client = HubSpotClient(token)
    for page in objects.pages(client, "0-1", ["email", "firstname"]):
        ...

One module per API, each named as HubSpot names it; `errors` has what they raise. They are imported on first
use, so that importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubspot_assets.hubspot.errors import HubSpotError as HubSpotError
    from hubspot_assets.hubspot.http.client import HubSpotClient as HubSpotClient

__all__ = [
    "HubSpotClient",
    "HubSpotError",
    "account",
    "associations",
    "campaign_assets",
    "campaigns",
    "cms",
    "conversations",
    "deal_splits",
    "email_events",
    "errors",
    "events",
    "forms",
    "limits",
    "lists",
    "marketing_emails",
    "marketing_events",
    "media_bridge",
    "objects",
    "owners",
    "pipelines",
    "properties",
    "schemas",
    "sequences",
    "teams",
    "users",
]


def __getattr__(name: str) -> Any:
    if name == "HubSpotClient":
        return import_module(".http.client", __name__).HubSpotClient
    if name == "HubSpotError":
        return import_module(".errors", __name__).HubSpotError
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
