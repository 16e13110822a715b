"""How an API declares what it answers, and how a request finds its handler."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs

import msgspec
from starlette.routing import compile_path

from .errors import missing_scopes, validation_error

if TYPE_CHECKING:
    from .gate import Portal
    from .settings import PortalSettings
    from .world import World

Bucket = Literal["general", "associations", "search"]
VERSIONS = ("2026-09", "2026-03")
"""The dated versions that most APIs exist in."""


@dataclass(frozen=True)
class Answer:
    """What goes back, where JSON with status 200 is not it."""

    content: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """One request as a handler sees it."""

    portal: "Portal"
    method: str
    route: str
    """The path's template, e.g. ``/crm/objects/2026-09/{object_type}``."""
    url_path: str
    path: Mapping[str, str]
    query_string: str
    raw_body: bytes
    base_url: str = "https://api.hubapi.com"
    """The host that was asked: links to next pages lead there."""

    @property
    def world(self) -> "World":
        return self.portal.world

    @property
    def settings(self) -> "PortalSettings":
        return self.portal.settings

    @property
    def dated(self) -> bool:
        """Whether the dated path was asked (``/2026-09/``), not the v3/v4 one."""
        return re.search(r"/20\d\d-\d\d(-beta)?(/|$)", self.route) is not None

    @cached_property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(self.query_string, keep_blank_values=True)

    def need(self, scopes: tuple[str, ...]) -> None:
        """Refuse a token that these scopes are not granted to."""
        if not self.settings.grants(scopes):
            raise missing_scopes(scopes, self.settings.missing_scopes_form)

    def text(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    def texts(self, name: str) -> list[str]:
        """A list that may be given as ``a,b`` or as ``name=a&name=b``."""
        return [part for value in self.query.get(name, ()) for part in value.split(",") if part]

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in {"true", "false"}:
            raise validation_error(f"Invalid boolean for query parameter {name}: {value}")
        return value == "true"

    def number(self, name: str, *, default: int, maximum: int, minimum: int = 1) -> int:
        value = self.text(name)
        if not value:
            return default
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise validation_error(f"Invalid integer for query parameter {name}: {value}")
        if not minimum <= int(value) <= maximum:
            raise validation_error(f"{name} must be between {minimum} and {maximum}, but was {value}")
        return int(value)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            body = msgspec.json.decode(self.raw_body)
        except ValueError:
            raise validation_error("Invalid input JSON on line 1, column 1: the body is not JSON") from None
        if not isinstance(body, dict):
            raise validation_error("Invalid input JSON on line 1, column 1: the body is not an object")
        return body

    def body_list(self, name: str, *, required: bool = False) -> list[Any]:
        value = self.body.get(name)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            raise validation_error(f"Invalid input JSON: '{name}' must be a list")
        return value

    def inputs(self, maximum: int, what: str = "inputs in a batch request") -> list[dict[str, Any]]:
        """The ``inputs`` of a batch read: objects, at most ``maximum`` of them."""
        inputs = self.body_list("inputs", required=True)
        if len(inputs) > maximum:
            raise validation_error(f"The maximum number of {what} is {maximum}, but {len(inputs)} were given")
        if not all(isinstance(item, dict) and item for item in inputs):
            raise validation_error("Invalid input JSON: every input must be an object")
        return inputs


Handler = Callable[[Call], Any]
Scopes = tuple[str, ...] | Callable[[Call], tuple[str, ...]]


@dataclass(frozen=True)
class Endpoint:
    """One thing an API answers, on every path it answers it on."""

    method: str
    paths: tuple[str, ...]
    handler: Handler
    scopes: Scopes = ()
    """Scopes of which the token must have one (all, if they are `AllOf` them)."""
    bucket: Bucket = "general"
    feature: str | None = None
    """The feature of the plan that is needed."""

    def refuse_missing_scopes(self, call: Call) -> None:
        call.need(self.scopes(call) if callable(self.scopes) else self.scopes)


def both(older: str | tuple[str, ...], dated: str, versions: tuple[str, ...] = VERSIONS) -> tuple[str, ...]:
    """The v3/v4 path or paths, and the dated one in each version (``{V}``)."""
    return (*((older,) if isinstance(older, str) else older), *(dated.replace("{V}", v) for v in versions))


class Router:
    """Finds the endpoint of a method and path; literal segments go before parameters."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._by_length: dict[tuple[str, int], list[tuple[re.Pattern[str], str, Endpoint]]] = {}
        for endpoint in endpoints:
            for path in endpoint.paths:
                shape = (endpoint.method, path.count("/"))
                self._by_length.setdefault(shape, []).append((compile_path(path)[0], path, endpoint))
        for routes in self._by_length.values():
            routes.sort(key=lambda route: [segment.startswith("{") for segment in route[1].split("/")])

    def find(self, method: str, path: str) -> tuple[Endpoint, str, dict[str, str]] | None:
        """The endpoint, the template of the path, and the path's parameters."""
        for pattern, template, endpoint in self._by_length.get((method, path.count("/")), ()):
            if match := pattern.match(path):
                return endpoint, template, match.groupdict()
        return None
