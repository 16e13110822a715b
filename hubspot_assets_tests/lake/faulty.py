"""A boto3 client that fails where it is told to: the stand-in for a network, an S3 or a process that dies."""

from collections.abc import Callable
from typing import Any

import botocore.exceptions

REQUESTS = ("put_object", "get_object", "head_object", "delete_objects", "list_objects_v2")


class Faulty:
    """Passes requests on to a real client, until the one with the number `at` (from 0).

    `how`: "before" - that request is lost on the way there; "after" - it takes effect and its answer is lost;
    "dead" - it and all that follow are lost, as when the process is killed.
    """

    def __init__(self, client: Any, at: int | None = None, how: str = "before") -> None:
        self._client = client
        self._at = at
        self._how = how
        self.requests: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return self._passed_on(name) if name in REQUESTS else getattr(self._client, name)

    def _passed_on(self, name: str) -> Callable[..., Any]:
        def request(**arguments: Any) -> Any:
            number = len(self.requests)
            self.requests.append(f"{name} {arguments.get('Key', arguments.get('Prefix', ''))}")
            if self._at is None or number < self._at or (number > self._at and self._how != "dead"):
                return getattr(self._client, name)(**arguments)
            if self._how == "after":
                getattr(self._client, name)(**arguments)
            raise botocore.exceptions.ConnectionClosedError(endpoint_url="https://s3.example")

        return request
