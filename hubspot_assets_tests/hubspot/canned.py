"""A HubSpot whose answers a test writes down, at the place where `requests` would open a connection."""

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.hubspot.http.limiter import Limiter

TOKEN = "pat-na1-this-must-never-be-seen"


@dataclass(frozen=True)
class Request:
    """What HubSpot would have seen."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    url: str
    headers: dict[str, str]

    def one(self, name: str) -> str | None:
        return self.query.get(name, [None])[0]


@dataclass
class Answer:
    """What HubSpot answers: `body` as JSON unless it is bytes, or an exception instead of an answer."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    broken: Exception | None = None


class CannedHubSpot(HTTPAdapter):
    """Asks `answers(request)` for each answer and remembers the requests in `seen`."""

    def __init__(self, answers: Callable[[Request], Any]) -> None:
        super().__init__()
        self._answers = answers
        self._lock = threading.Lock()
        self.seen: list[Request] = []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        seen = Request(
            request.method or "",
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            msgspec.json.decode(request.body) if request.body else None,
            request.url or "",
            dict(request.headers),
        )
        with self._lock:
            self.seen.append(seen)
            answer = self._answers(seen)
        if not isinstance(answer, Answer):
            answer = Answer(answer)
        if answer.broken is not None:
            raise answer.broken
        content = answer.body if isinstance(answer.body, bytes) else msgspec.json.encode(answer.body)
        return self.build_response(
            request,
            HTTPResponse(io.BytesIO(content), status=answer.status, headers=answer.headers, preload_content=False),
        )

    def client(self, **settings: Any) -> HubSpotClient:
        """A client that talks to this HubSpot, and neither sleeps nor keeps to a limit."""
        settings = {"limiter": Limiter(), "sleep": lambda seconds: None} | settings
        return HubSpotClient(TOKEN, adapter=self, **settings)


def in_turn(*answers: Any) -> Callable[[Request], Any]:
    """One answer after the other; the last one for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


def canned(*answers: Any) -> CannedHubSpot:
    """A HubSpot that gives these answers in turn, whatever is asked."""
    return CannedHubSpot(in_turn(*answers))


class Table:
    """A CRM object type that answers its list and batch read endpoints by HubSpot's rules."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = {int(record["id"]): record for record in records}
        self.longest_url = 16_200
        self.too_long = Answer(b"<html>414 Request-URI Too Large</html>", status=414)
        self.before: Callable[[Request], Any] = lambda request: None
        """Called before each answer; whatever it returns (other than None) is the answer."""
        self.history_fills_values = True
        self.largest_page = 100

    def __call__(self, request: Request) -> Any:
        instead = self.before(request)
        if instead is not None:
            return instead
        if len(request.url) > self.longest_url:
            return self.too_long
        return self._batch(request) if request.method == "POST" else self._list(request)

    def _list(self, request: Request) -> Any:
        names, past = _names(request.one("properties")), _names(request.one("propertiesWithHistory"))
        limit = int(request.one("limit") or 10)
        if limit > (50 if past else self.largest_page):
            return Answer({"status": "error", "message": "limit too high", "category": "VALIDATION_ERROR"}, 400)
        start = int(request.one("after") or 0)
        ids = sorted(one for one in self.records if one >= start)
        results = [self._shown(self.records[one], names, past) for one in ids[:limit]]
        following = {"paging": {"next": {"after": str(ids[limit])}}} if len(ids) > limit else {}
        return {"results": results, **following}

    def _batch(self, request: Request) -> Any:
        names, past = request.body["properties"], request.body["propertiesWithHistory"]
        asked = [int(one["id"]) for one in request.body["inputs"]]
        if len(asked) > (50 if past else 100):
            return Answer({"status": "error", "message": "too many inputs", "category": "VALIDATION_ERROR"}, 400)
        found = [self._shown(self.records[one], names, past) for one in asked if one in self.records]
        missing = [str(one) for one in asked if one not in self.records]
        problems = [{"category": "OBJECT_NOT_FOUND", "context": {"ids": missing}}] if missing else []
        return {"status": "COMPLETE", "results": found, "numErrors": len(problems), "errors": problems}

    def _shown(self, record: dict[str, Any], names: list[str], past: list[str]) -> dict[str, Any]:
        values = record["properties"]
        shown = [*names, *(past if self.history_fills_values else []), "hs_object_id"]
        answer = {
            "id": str(record["id"]),
            "properties": {name: values.get(name) for name in shown},
            "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": record.get("updatedAt", "2026-01-02T00:00:00.5Z"),
            "archived": False,
        }
        if past:
            history = record.get("history", {})
            answer["propertiesWithHistory"] = {name: history[name] for name in past if name in history}
        return answer


def _names(joined: str | None) -> list[str]:
    return joined.split(",") if joined else []
