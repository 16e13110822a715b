"""What happens to every request, whatever it asks, in HubSpot's order; and the portal that it happens in."""

import asyncio
import gzip
import time
from typing import Any
from uuid import UUID

import msgspec
from starlette.types import Receive, Scope, Send

from .api import every_endpoint
from .errors import Refusal, creator_left, expired_authentication, invalid_authentication, not_in_the_plan
from .faults import Fault, Faults
from .heavy import HeavyPages
from .limits import Limits
from .rendering import Renderers
from .request_log import LoggedRequest, RequestLog
from .routing import Answer, Call, Endpoint, Router
from .settings import PortalSettings
from .transports import Transports
from .world import World
from .world.chance import mixed, number_of

LONGEST_URL = 16_200
JSON = "application/json;charset=utf-8"


class Portal:
    """A portal without its server: settings, data, limits, faults, log. An ASGI application."""

    def __init__(self, settings: PortalSettings) -> None:
        self.settings = settings
        self.world = World(settings)
        self.limits = Limits(settings)
        self.faults = Faults(settings.seed, settings.faults.items())
        self.heavy_pages = HeavyPages(settings)
        self.requests = RequestLog(settings.requests_kept)
        self.transports = Transports()
        self.renderers = Renderers(settings)
        self.cursors: set[str] = set()
        """The list cursors that were handed out."""
        self.failures: list[Exception] = []
        """What went wrong in the portal itself; ``serve`` raises it."""
        endpoints = every_endpoint()
        self._router = Router(endpoints)
        named = (s for e in endpoints if not callable(e.scopes) for s in e.scopes)
        of_types = (s for t in self.world.object_types for s in (*t.scopes, *t.schema_scopes))
        self.every_scope = {*named, *of_types, *(settings.scopes or ()), "sales-email-read"}
        """The scopes that something here needs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.monotonic()
        body = await _body_of(receive)
        method, path = scope["method"], scope["path"]
        query_string = scope["query_string"].decode("latin-1")
        found = self._router.find(method, path)
        fault = self.faults.draw(mixed(number_of(f"{method} {path}?{query_string}"), number_of(body.hex())))
        self.requests.in_flight += 1
        self.requests.most_in_flight = max(self.requests.most_in_flight, self.requests.in_flight)
        status = 0
        try:
            if self.settings.latency_ms:
                await asyncio.sleep(self.settings.latency_ms / 1000)
            answer = self._answer(scope, found, body, fault)
            status = answer.status if fault is None or fault.way == "answer" else 0
        finally:
            self.requests.in_flight -= 1
            route = found[1] if found else ""
            seconds = time.monotonic() - started
            kind = fault.kind if fault else None
            self.requests.add(LoggedRequest(method, path, query_string, body, route, status, kind, started, seconds))
        await self._send(scope, send, answer, fault)

    def _answer(
        self, scope: Scope, found: tuple[Endpoint, str, dict[str, str]] | None, body: bytes, fault: Fault | None
    ) -> Answer:
        headers = {"Content-Type": JSON, "X-HubSpot-Correlation-Id": self._correlation_id()}
        try:
            length = len(scope["raw_path"]) + 1 + len(scope["query_string"])
            if length > LONGEST_URL:
                return _web_page(414, "Request-URI Too Large", headers)
            if fault and fault.status is not None:
                headers = {**headers, "Content-Type": fault.content_type, **fault.headers}
                return Answer(fault.body, fault.status, headers)
            self._authenticate(scope)
            if found is None:
                return _web_page(404, "Not Found", headers)
            endpoint, route, parameters = found
            refusal = self.limits.take(endpoint.bucket)
            headers.update(self.limits.headers(endpoint.bucket))
            if refusal:
                raise refusal
            query_string = scope["query_string"].decode("latin-1")
            base_url = f"{scope['scheme']}://{_header(scope, b'host').decode('latin-1')}"
            call = Call(self, scope["method"], route, scope["path"], parameters, query_string, body, base_url)
            if endpoint.feature and endpoint.feature not in self.settings.features:
                raise not_in_the_plan(endpoint.feature)
            endpoint.refuse_missing_scopes(call)
            answer = _as_answer(endpoint.handler(call), headers)
            answer = self.heavy_pages.refusal(call, answer) or answer
        except Refusal as refusal:
            content = {**refusal.body, "correlationId": headers["X-HubSpot-Correlation-Id"]}
            answer = Answer(msgspec.json.encode(content), refusal.status, {**headers, **refusal.headers})
        except Exception as failure:  # the portal's own mistake must not pass as HubSpot's 500
            self.failures.append(failure)
            answer = Answer(b'{"status":"error","message":"the demo portal failed"}', 500, headers)
        return self._encoded(scope, answer, fault)

    def _encoded(self, scope: Scope, answer: Answer, fault: Fault | None) -> Answer:
        if fault and fault.spoil:
            headers = {**answer.headers, "Content-Type": fault.content_type, **fault.headers}
            return Answer(fault.spoil(answer.content), answer.status, headers)
        if self.settings.compress and b"gzip" in _header(scope, b"accept-encoding"):
            headers = {**answer.headers, "Content-Encoding": "gzip"}
            return Answer(gzip.compress(answer.content, 1), answer.status, headers)
        return answer

    def _authenticate(self, scope: Scope) -> None:
        given = _header(scope, b"authorization").decode("latin-1")
        if given == f"Bearer {self.settings.expired_token}":
            raise expired_authentication()
        if given != f"Bearer {self.settings.token}":
            raise invalid_authentication()
        if self.settings.creator_left:
            raise creator_left()

    def _correlation_id(self) -> str:
        number = self.requests.count + self.requests.in_flight
        return str(UUID(int=mixed(self.settings.seed, number) << 64 | mixed(number, self.settings.seed), version=4))

    async def _send(self, scope: Scope, send: Send, answer: Answer, fault: Fault | None) -> None:
        way = fault.way if fault else "answer"
        if way == "hang":
            await asyncio.sleep(self.settings.hang_seconds)
        if way in {"hang", "reset"}:
            await self.transports.reset(scope)
            return
        headers = {"Content-Length": str(len(answer.content)), **answer.headers}
        start: dict[str, Any] = {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        }
        await send(start)
        if way == "cut":
            half = answer.content[: len(answer.content) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await self.transports.close(scope)
            return
        await send({"type": "http.response.body", "body": answer.content})


async def _body_of(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _header(scope: Scope, name: bytes) -> bytes:
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


def _as_answer(result: Any, headers: dict[str, str]) -> Answer:
    if isinstance(result, Answer):
        return Answer(result.content, result.status, {**headers, **result.headers})
    return Answer(result if isinstance(result, bytes) else msgspec.json.encode(result), 200, headers)


def _web_page(status: int, title: str, headers: dict[str, str]) -> Answer:
    """What HubSpot's edge answers before any API is reached: HTML, in nginx's form."""
    page = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1>"
    page += "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    return Answer(page.encode(), status, {**headers, "Content-Type": "text/html"})
