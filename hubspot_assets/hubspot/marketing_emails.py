"""Marketing emails. (Emails logged on records are CRM objects: type 0-49, `objects`.)

https://developers.hubspot.com/docs/api-reference/latest/marketing/marketing-emails/guide
"""

from collections.abc import Iterator
from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import rows


def read(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All marketing emails that are not archived, each once.

    GET /marketing/emails/{version}: 300 a call (100 where refused). Without statistics: asking for those
    makes HubSpot leave some emails out. Raises MissingScopes without `content`.
    """
    params = {"archived": False}
    return rows(client, versions.path("marketing_emails"), params, limit=300, smaller_limit=100, key="id")
