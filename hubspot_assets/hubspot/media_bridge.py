"""Media that apps made known through the media bridge.

https://developers.hubspot.com/docs/api-reference/latest/cms/media-bridge/guide
"""

from collections.abc import Iterator
from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import rows

KINDS = ("AUDIO", "DOCUMENT", "IMAGE", "OTHER", "VIDEO")


def read(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All media objects of every kind, each with its `mediaType`.

    GET /media-bridge/{version}/objects/{kind}: 100 a call (20 where refused). Raises MissingScopes without
    media_bridge.read.
    """
    for kind in KINDS:
        path = versions.path("media_bridge_objects", kind=kind)
        for media in rows(client, path, limit=100, smaller_limit=20, key="id"):
            yield {"mediaType": kind, **media}
