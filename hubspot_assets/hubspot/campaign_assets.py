"""What belongs to a marketing campaign: the only way to ad campaigns and sales documents that HubSpot's APIs have.

https://developers.hubspot.com/docs/api-reference/latest/marketing/campaigns/guide
"""

from collections.abc import Iterable, Iterator
from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.children import OnRefused, of_each
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import pages

_SIZES = "assets of campaigns"


def of_campaigns(
    client: HubSpotClient, campaign_ids: Iterable[str], kind: str, refused: OnRefused
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Pages of the assets of one kind (`AD_CAMPAIGN`, ...), each with its campaign's id; campaigns in no order.

    GET /marketing/campaigns/{version}/{campaign}/assets/{kind}: 100 a call (10 where refused), campaigns side by side.
    Each asset has `id` and `name`. Figures (`metrics`) are told of a period only, and none is asked for. `refused` is
    told each campaign whose assets HubSpot does not give. Raises MissingScopes without marketing.campaigns.read.
    """

    def walk(client: HubSpotClient, campaign_id: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        path = versions.path("campaign_assets", campaign=campaign_id, kind=kind)
        for page in pages(client, path, limit=100, smaller_limit=10, sizes_of=_SIZES, key="id"):
            yield campaign_id, page

    return of_each(client, walk, campaign_ids, refused)
