"""Marketing campaigns.

https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
"""

from collections.abc import Iterator, Sequence
from typing import Any

from . import versions
from .client import HubSpotClient
from .paging import rows


def read(client: HubSpotClient, property_names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """All campaigns, each once: `id`, `properties` (those named, as far as HubSpot lets them be read),
    `createdAt`, `updatedAt`.

    GET /marketing/campaigns/{version}: 100 a call. Raises MissingScopes without marketing.campaigns.read.
    """
    params = {"properties": ",".join(property_names) or None}
    return rows(client, versions.path("campaigns"), params, limit=100, smaller_limit=50, key="id")
