"""How tests ask a portal: over plain HTTP, and through HubSpot's own SDK as a reader that knows nothing of us."""

from typing import Any

import hubspot
import requests

from hubspot_assets.demo.portal import RunningPortal


def get(portal: RunningPortal, path: str, **params: Any) -> requests.Response:
    return requests.get(portal.url + path, params=params, headers=_headers(portal), timeout=30)


def post(portal: RunningPortal, path: str, body: Any) -> requests.Response:
    return requests.post(portal.url + path, json=body, headers=_headers(portal), timeout=30)


def every_row(portal: RunningPortal, path: str, **params: Any) -> list[dict[str, Any]]:
    """The rows of every page, by ``paging.next.after``."""
    rows: list[dict[str, Any]] = []
    while True:
        answer = get(portal, path, **params)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["results"]
        following = answer.json().get("paging", {}).get("next")
        if following is None:
            return rows
        params["after"] = following["after"]


def sdk(portal: RunningPortal, **configuration: Any) -> Any:
    """HubSpot's SDK, which checks every field against its own models."""
    return hubspot.HubSpot(access_token=portal.token, host=portal.url, **configuration)


def sdk_rows(read: Any, **params: Any) -> list[Any]:
    """The rows of every page, by the SDK's own models."""
    rows: list[Any] = []
    while True:
        page = read(**params)
        rows += page.results
        if page.paging is None or page.paging.next is None:
            return rows
        params["after"] = page.paging.next.after


def _headers(portal: RunningPortal) -> dict[str, str]:
    return {"Authorization": f"Bearer {portal.token}"}
