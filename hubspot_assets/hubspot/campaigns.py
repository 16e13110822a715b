"""Marketing campaigns.

https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from hubspot_assets.hubspot import errors, versions
from hubspot_assets.hubspot.children import OnRefused, logged
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.fields import flaw_in_fields
from hubspot_assets.hubspot.http.paging import rows


def read(client: HubSpotClient, property_names: Sequence[str], refused: OnRefused = logged) -> Iterator[dict[str, Any]]:
    """All campaigns, each once: `id`, `properties` (those named, as far as HubSpot lets them be read),
    `createdAt`, `updatedAt`.

    GET /marketing/campaigns/{version}: 100 a call. Properties that HubSpot names in a refusal are not asked for
    again, and `refused` is told each of them. Raises MissingScopes without marketing.campaigns.read.
    """
    names = list(dict.fromkeys(property_names))
    while True:
        params = {"properties": ",".join(names) or None}
        path = versions.path("campaigns")
        found = rows(client, path, params, limit=100, smaller_limit=50, key="id", check_row=_flaw)
        try:
            first = next(found, None)
        except errors.BadRequest as error:
            unreadable = set(re.findall(r"\w+", error.message)) & set(names)
            if not unreadable:
                raise
            for name in sorted(unreadable):
                refused(name, error)
            names = [name for name in names if name not in unreadable]
            continue
        for campaign in chain([] if first is None else [first], found):
            # What is null HubSpot leaves away, be it all properties.
            yield {**campaign, "properties": campaign.get("properties") or {}}
        return


def _flaw(campaign: dict[str, Any]) -> str | None:
    return flaw_in_fields(campaign, {"properties": {}}, "a campaign")
