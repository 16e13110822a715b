"""Users as the portal's settings know them: who may log in. (User records are CRM objects: type 0-115.)

https://developers.hubspot.com/docs/api-reference/latest/account/settings/users/guide
"""

from collections.abc import Iterator
from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import rows


def read(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All users, each once: `id`, `email`, `firstName`, `lastName`, `roleIds`, `primaryTeamId`, ...

    GET /settings/users/{version}: 100 a call. Raises MissingScopes without settings.users.read.
    """
    return rows(client, versions.path("settings_users"), limit=100, key="id")
