"""A HubSpot that refuses some requests, or answers them otherwise, in front of a demo portal that answers the rest."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

T = TypeVar("T")


class Refusal(NamedTuple):
    """What HubSpot answers instead."""

    status: int
    body: Mapping[str, Any]


def missing(*scopes: str) -> Refusal:
    """The token lacks a scope; HubSpot does not always say which."""
    details = [{"message": "One or more are required.", "context": {"requiredGranularScopes": list(scopes)}}]
    body = {"status": "error", "message": "Not granted", "category": "MISSING_SCOPES", "correlationId": "c-1"}
    return Refusal(403, {**body, "errors": details} if scopes else body)


def not_permitted() -> Refusal:
    """The user who made the token may not."""
    return Refusal(403, {"status": "error", "message": "May not", "category": "USER_DOES_NOT_HAVE_PERMISSIONS"})


def not_in_the_plan(status: int = 403) -> Refusal:
    """No scope is missing: the account has not paid for it."""
    return Refusal(status, {"status": "error", "message": "Your account has no access", "category": "FORBIDDEN"})


def unknown_type(type_id: str) -> Refusal:
    """The portal has no such type."""
    return Refusal(400, {"status": "error", "message": f"Unable to infer object type from: {type_id}"})


def bad_request(message: str = "not allowed for this endpoint") -> Refusal:
    """HubSpot does not accept the request."""
    return Refusal(400, {"status": "error", "message": message, "category": "VALIDATION_ERROR"})


def not_found() -> Refusal:
    """No such path, or nothing behind it."""
    return Refusal(404, {"status": "error", "message": "resource not found", "category": "OBJECT_NOT_FOUND"})


@contextmanager
def refusing(
    refusals: Mapping[str, Refusal], where: Callable[[requests.PreparedRequest], bool] = lambda _: True
) -> Iterator[None]:
    """While the block runs, requests are refused whose path and query match one of these expressions from their start.

    The first one that matches counts. `where`: of those that match, only the ones of which it is so.
    """
    send = HTTPAdapter.send

    def refuse(adapter: HTTPAdapter, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        refusal = _matching(refusals, request)
        return _answer(adapter, request, *refusal) if refusal and where(request) else send(adapter, request, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", refuse)
        yield


@contextmanager
def altering(changes: Mapping[str, Callable[[dict[str, Any]], None]]) -> Iterator[None]:
    """While the block runs, answers are changed to requests whose path and query match from their start."""
    send = HTTPAdapter.send

    def altered(adapter: HTTPAdapter, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        response = send(adapter, request, **how)
        change = _matching(changes, request)
        if change is None or response.status_code != 200:
            return response
        answer = json.loads(response.raw.read(decode_content=True))
        change(answer)
        return _answer(adapter, request, 200, answer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", altered)
        yield


def _matching(by_pattern: Mapping[str, T], request: requests.PreparedRequest) -> T | None:
    parts = urlsplit(request.url or "")
    return next((one for pattern, one in by_pattern.items() if re.match(pattern, f"{parts.path}?{parts.query}")), None)


def _answer(
    adapter: HTTPAdapter, request: requests.PreparedRequest, status: int, body: Mapping[str, Any]
) -> requests.Response:
    content = io.BytesIO(json.dumps(body).encode())
    return adapter.build_response(request, HTTPResponse(content, status=status, preload_content=False))
