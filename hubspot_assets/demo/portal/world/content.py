"""What the landing pages, site pages and blog posts of a portal say of themselves, in one shape."""

from typing import Any, Literal

from .pieces import Piece
from .times import DAY_MS, iso

Kind = Literal["landing_page", "site_page", "blog_post"]
_CATEGORY = {"landing_page": "2", "site_page": "1", "blog_post": "3"}
_STATES = ("PUBLISHED", "DRAFT", "SCHEDULED", "PUBLISHED_OR_SCHEDULED")
_LANGUAGES = ("en", "de", "fr", "ja")
NEVER = "1970-01-01T00:00:00Z"
"""What HubSpot writes for the archiving of a page that is not archived."""


def content_id(kind: Kind, piece: Piece) -> str:
    return str({"landing_page": 3, "site_page": 4, "blog_post": 5}[kind] * 10**11 + piece.number * 23)


def as_json(kind: Kind, piece: Piece) -> dict[str, Any]:
    """As the CMS APIs give it: every field is there, most of them empty."""
    state, slug = _STATES[piece.chance % len(_STATES)], f"{kind.replace('_', '-')}/{piece.number}"
    published, expires = state.startswith("PUBLISHED"), piece.chance % 7 == 0
    row: dict[str, Any] = {
        "id": content_id(kind, piece),
        "name": piece.name,
        "htmlTitle": piece.text(1),
        "metaDescription": piece.text(2),
        "slug": slug,
        "url": f"https://www.example.com/{slug}",
        "domain": "www.example.com" if piece.chance % 2 else "",
        "state": state,
        "currentState": state,
        "currentlyPublished": published,
        "publishImmediately": True,
        "publishDate": iso(piece.created_ms + DAY_MS) if published else NEVER,
        "language": _LANGUAGES[piece.chance // 8 % len(_LANGUAGES)],
        "authorName": "D'Arc, Jeanne" if piece.chance % 3 else "",
        "contentTypeCategory": _CATEGORY[kind],
        "contentGroupId": "700001" if kind == "blog_post" else "",
        "categoryId": int(_CATEGORY[kind]),
        "campaign": "" if piece.chance % 3 else piece.guid,
        "created": iso(piece.created_ms),
        "updated": iso(piece.updated_ms),
        "createdById": piece.created_by,
        "updatedById": piece.updated_by,
        "archivedInDashboard": piece.archived_ms is not None,
        "archivedAt": _archived_at(kind, piece),
        "pageExpiryEnabled": expires,
        "pageExpiryDate": piece.created_ms + 400 * DAY_MS if expires else 0,
        "featuredImage": "https://www.example.com/a, b.png",
        "featuredImageAltText": piece.text(3),
        "useFeaturedImage": True,
        "layoutSections": {},
        "widgets": {"rich_text": {"body": {"html": f"<p>{piece.text(4)}</p>\r\n"}, "type": "rich_text"}},
        "translations": {},
        **_EMPTY,
    }
    return {**row, **(_of_post(piece) if kind == "blog_post" else _of_page(kind))}


# What is the same in all of them.
_EMPTY: dict[str, Any] = {
    "abStatus": "master",
    "abTestId": "",
    "attachedStylesheets": [],
    "dynamicPageDataSourceId": "",
    "dynamicPageDataSourceType": 0,
    "dynamicPageHubDbTableId": "",
    "enableDomainStylesheets": False,
    "enableLayoutStylesheets": False,
    "folderId": "",
    "footerHtml": "",
    "headHtml": "<!-- a, \"b\" -->\n<script>let x = '\\n'</script>",
    "includeDefaultCustomCss": False,
    "linkRelCanonicalUrl": "",
    "mabExperimentId": "",
    "pageExpiryRedirectId": 0,
    "pageExpiryRedirectUrl": "",
    "password": "",
    "publicAccessRules": [],
    "publicAccessRulesEnabled": False,
    "themeSettingsValues": {},
    "translatedFromId": "",
    "widgetContainers": {},
}


def _archived_at(kind: Kind, piece: Piece) -> str | int:
    """A moment, but for blog posts a number of milliseconds."""
    if kind == "blog_post":
        return piece.archived_ms or 0
    return NEVER if piece.archived_ms is None else iso(piece.archived_ms)


def _of_page(kind: Kind) -> dict[str, Any]:
    return {"subcategory": kind, "templatePath": "@hubspot/growth/templates/page.html", "pageRedirected": False}


def _of_post(piece: Piece) -> dict[str, Any]:
    return {
        "postBody": f"<p>{piece.text(5)}</p>\n<!--more-->\n<p>{piece.text(6)}</p>",
        "postSummary": piece.text(5),
        "rssBody": piece.text(5),
        "rssSummary": piece.text(5),
        "blogAuthorId": str(800_000 + piece.chance % 5),
        "tagIds": [900_000 + piece.chance % 9, 900_010] if piece.chance % 2 else [],
        "enableGoogleAmpOutputOverride": False,
    }
