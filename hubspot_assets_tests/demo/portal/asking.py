"""A client for the tests, as plain as can be: it retries nothing and hides nothing."""

from collections.abc import Iterator
from typing import Any

import requests

from hubspot_assets.demo.portal import RunningPortal


class Asking:
    """Asks a portal on one kept connection."""

    def __init__(self, portal: RunningPortal) -> None:
        self.portal = portal
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {portal.token}"

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, path: str, **query: Any) -> requests.Response:
        return self._session.get(self.portal.url + path, params=query, timeout=30)

    def post(self, path: str, body: Any) -> requests.Response:
        return self._session.post(self.portal.url + path, json=body, timeout=30)

    def rows(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """The rows of every page of a list."""
        while True:
            answer = self.get(path, **query)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            yield from page["results"]
            if "paging" not in page:
                return
            query["after"] = page["paging"]["next"]["after"]
