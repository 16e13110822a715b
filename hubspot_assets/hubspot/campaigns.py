"""Marketing campaigns.

https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
"""

import logging
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from . import errors, versions
from .client import HubSpotClient
from .paging import rows

logger = logging.getLogger("hubspot_assets.hubspot")


def read(client: HubSpotClient, property_names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """All campaigns, each once: `id`, `properties` (those named, as far as HubSpot lets them be read),
    `createdAt`, `updatedAt`.

    GET /marketing/campaigns/{version}: 100 a call. Properties that HubSpot names in a refusal are not asked for
    again. Raises MissingScopes without marketing.campaigns.read.
    """
    names = list(dict.fromkeys(property_names))
    while True:
        params = {"properties": ",".join(names) or None}
        path = versions.path("campaigns")
        found = rows(client, path, params, limit=100, smaller_limit=50, key="id")
        try:
            first = next(found, None)
        except errors.BadRequest as error:
            refused = set(re.findall(r"\w+", error.message)) & set(names)
            if not refused:
                raise
            logger.info("campaign properties that HubSpot does not let be read: %s", ", ".join(sorted(refused)))
            names = [name for name in names if name not in refused]
            continue
        for campaign in chain([] if first is None else [first], found):
            # What is null HubSpot leaves away, be it all properties.
            yield {**campaign, "properties": campaign.get("properties") or {}}
        return
