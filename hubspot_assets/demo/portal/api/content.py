"""CMS pages and blog posts: ``/cms/pages/2026-03/landing-pages``, ``.../site-pages`` and ``/cms/blogs/{V}/posts``.

Pages have no 2026-09 version. Archived ones are a list of their own.
"""

from functools import partial
from typing import Any

from hubspot_assets.demo.portal.errors import not_found
from hubspot_assets.demo.portal.filters import filtered_and_sorted
from hubspot_assets.demo.portal.paging import page_of
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.content import Kind, as_json, content_id


def list_content(kind: Kind, default: int, call: Call) -> dict[str, Any]:
    found = filtered_and_sorted(call, call.world.content[kind].listed(call.flag("archived")))
    page, paging = page_of(call, found, default=default, maximum=100, encoded=True)
    wanted = set(call.texts("property"))
    rows = [as_json(kind, piece) for piece in page]
    if wanted:
        rows = [{name: value for name, value in row.items() if name in wanted or name == "id"} for row in rows]
    return {"total": len(found), "results": rows, **paging}


def one_content(kind: Kind, call: Call) -> dict[str, Any]:
    for piece in call.world.content[kind].listed(call.flag("archived")):
        if content_id(kind, piece) == call.path["content_id"]:
            return as_json(kind, piece)
    raise not_found()


def _endpoints(kind: Kind, paths: tuple[str, ...], scopes: tuple[str, ...], default: int) -> list[Endpoint]:
    one = tuple(f"{path}/{{content_id}}" for path in paths)
    return [
        Endpoint("GET", paths, partial(list_content, kind, default), scopes, feature="cms"),
        Endpoint("GET", one, partial(one_content, kind), scopes, feature="cms"),
    ]


def _pages(name: str) -> tuple[str, ...]:
    return both(f"/cms/v3/pages/{name}", f"/cms/pages/{{V}}/{name}", ("2026-03",))


_POSTS = both("/cms/v3/blogs/posts", "/cms/blogs/{V}/posts")
ENDPOINTS = [
    *_endpoints("landing_page", _pages("landing-pages"), ("content", "content.landing_pages.read"), 100),
    *_endpoints("site_page", _pages("site-pages"), ("content", "content.site_pages.read"), 100),
    *_endpoints("blog_post", _POSTS, ("content",), 20),
]
