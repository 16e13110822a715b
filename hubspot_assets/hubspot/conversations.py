"""Conversations of the inbox and the help desk.

https://developers.hubspot.com/docs/api-reference/latest/conversations/guide
"""

from collections.abc import Iterator
from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import rows


def threads(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All threads that are not archived, each once (their messages are not read).

    GET /conversations/conversations/{version}/threads: 500 a call (100 where refused), by id. Raises
    MissingScopes without conversations.read.
    """
    path = versions.path("conversations_threads")
    return rows(client, path, {"archived": False, "sort": "id"}, limit=500, smaller_limit=100, key="id")
