"""Content: landing pages, site pages and blog posts.

https://developers.hubspot.com/docs/api-reference/latest/cms/pages/guide
"""

from collections.abc import Iterator
from typing import Any

from hubspot_assets.hubspot import versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.paging import rows


def landing_pages(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All landing pages that are not archived, each once.

    GET /cms/pages/{version}/landing-pages: 100 a call. Raises MissingScopes without `content`.
    """
    return _read(client, versions.path("landing_pages"))


def site_pages(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All site pages that are not archived, each once.

    GET /cms/pages/{version}/site-pages: 100 a call. Raises MissingScopes without `content`.
    """
    return _read(client, versions.path("site_pages"))


def blog_posts(client: HubSpotClient) -> Iterator[dict[str, Any]]:
    """All blog posts that are not archived, each once.

    GET /cms/blogs/{version}/posts: 100 a call. Raises MissingScopes without `content`.
    """
    return _read(client, versions.path("blog_posts"))


def _read(client: HubSpotClient, path: str) -> Iterator[dict[str, Any]]:
    return rows(client, path, {"archived": False}, limit=100, smaller_limit=20, key="id")
