"""HubSpot's refusals as exceptions, classified once: everything that reads a status code or an error body.

Not here: what is done about an error. Retrying is the client's; leaving a table empty is the caller's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hubspot_assets.errors import ExportError
from hubspot_assets.outside_text import one_line

_RETRIED_STATUSES = frozenset({408, 423, 429, 477})
# What HubSpot, Cloudflare before it or a proxy answers when an answer takes too long or becomes too big, among others.
_TOO_MUCH_AT_ONCE = frozenset({408, 500, 502, 503, 504, 520, 522, 524})
_UNKNOWN_TYPE = re.compile(r"unable to infer object type|not supported", re.IGNORECASE)
_NEEDS_AN_OBJECT = re.compile(r"\bobjectId\b.*\brequired\b", re.IGNORECASE)
_USED_UP_TODAY = re.compile(r"daily|per day|24.?hours?", re.IGNORECASE)
_WITHIN_SECONDS = re.compile(r"secondly|(?:per|10|ten)[ _-]?\d*[ _-]?second", re.IGNORECASE)
_LACKS_A_SCOPE = re.compile(r"\brequired scopes?\b|\bscopes? (?:is|are) (?:required|missing)\b", re.IGNORECASE)
_LONGEST_MESSAGE = 500
_LONGEST_ID = 100


class HubSpotError(ExportError):
    """A call to HubSpot failed. `str()` is one sentence: what happened, where, and what to do.

    Attributes: `status` (HTTP status, None when there was no answer), `message` (HubSpot's own words),
    `category`, `correlation_id` (what HubSpot's support asks for), `method`, `path`.
    """

    advice = "look up the message in HubSpot's documentation of this endpoint"

    def __init__(
        self,
        message: str,
        *,
        method: str,
        path: str,
        status: int | None = None,
        category: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        # Whoever answered wrote these.
        self.message = one_line(message)
        super().__init__(self.message)
        self.method = method
        self.path = one_line(path)
        self.status = status
        self.category = one_line(category) if category else None
        self.correlation_id = one_line(correlation_id)[:_LONGEST_ID] if correlation_id else None

    def __str__(self) -> str:
        return self.told(self.advice)

    def told(self, advice: str) -> str:
        """The sentence with this for advice."""
        answered = f"HubSpot answered {self.status} to" if self.status else "No usable answer from HubSpot to"
        known_as = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        said = self.message.rstrip(". ")
        return f"{answered} {self.method} {self.path}: {said}{known_as}; {advice}."


class Unauthorized(HubSpotError):
    """401, or 530 for a token of another region: HubSpot does not know the token."""

    advice = "check that the access token is complete, active and of this portal's region"


class Refused(HubSpotError):
    """HubSpot's final word on one request: asking again changes nothing, and other requests may be answered.

    Of a list of parents whose children are read one by one, such a child is noted and the others are read.
    """


class NotAvailable(Refused):
    """This portal, plan or token does not have what was asked for: never the same as "no rows"."""


class Forbidden(NotAvailable):
    """402 or 403 without a missing scope: the plan or the token's creator does not have this."""

    advice = "check that the portal's plan includes this and that the user who made the token still has access"


class NotGranted(Forbidden):
    """403 that a person can mend at HubSpot: by a scope, or by a token of a user who has the permission."""


class MissingScopes(NotGranted):
    """403 MISSING_SCOPES. `scopes` are the names to grant to the token (any one of them may be enough)."""

    def __init__(self, message: str, *, scopes: tuple[str, ...] = (), **where: Any) -> None:
        super().__init__(message, **where)
        self.scopes = tuple(one_line(scope)[:_LONGEST_ID] for scope in scopes)

    @property
    def advice(self) -> str:  # type: ignore[override]
        """What to grant, by name where HubSpot told it."""
        if not self.scopes:
            return "grant the token the scope this endpoint needs"
        return f"grant the token the scope {' or '.join(self.scopes)}"


class NoPermission(NotGranted):
    """403 because the user who made the token may not do this (any more): no scope is missing."""

    advice = "have a user with that permission make a new token"


class BadRequest(Refused):
    """400, or any other 4xx without a class of its own: HubSpot does not accept the request."""


class UnknownObjectType(BadRequest, NotAvailable):
    """400 "Unable to infer object type", or "not supported": no such type here, or not by this API."""

    advice = "check the object type id, or read this type by the API that owns it"


class NotListable(BadRequest, NotAvailable):
    """400 because HubSpot tells these only record by record: there is no list of all of them."""

    advice = "HubSpot has no list of these for this portal"


class NotFound(NotAvailable):
    """404: no such endpoint, record or type."""

    advice = "check the id and the API URL"


class UrlTooLong(HubSpotError):
    """414: the URL has too many property names; whoever built it splits them and asks again."""

    advice = "ask for fewer properties at once"


class DailyLimitReached(HubSpotError):
    """429 with policy DAILY: the portal's calls for today are used up. Retrying would only be refused."""

    def __init__(self, message: str, *, resets_at: str | None = None, **where: Any) -> None:
        super().__init__(message, **where)
        self.resets_at = one_line(resets_at)[:_LONGEST_ID] if resets_at else None

    def again(self) -> "DailyLimitReached":
        """The same error, to be raised for a call that was not made."""
        told = {name: getattr(self, name) for name in ("status", "category", "correlation_id", "method", "path")}
        return DailyLimitReached(self.message, resets_at=self.resets_at, **told)

    @property
    def advice(self) -> str:  # type: ignore[override]
        """When the quota resets: HubSpot's own time where it told one."""
        return f"go on after it resets at {self.resets_at or 'midnight in the portal time zone'}"


class Temporary(HubSpotError):
    """A failure that may be gone on the next try. The client retries it and raises `RetriesExhausted` at last.

    `retry_after` is the wait HubSpot asked for, in seconds, where it asked; `policy` names the rate limit hit;
    `too_much`: it may be that too much was asked for at once, so that a smaller page would be answered.
    """

    advice = "try again later"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        policy: str | None = None,
        too_much: bool = False,
        **where: Any,
    ) -> None:
        super().__init__(message, **where)
        self.retry_after = retry_after
        self.policy = policy
        # With a time to come back at, it is load or maintenance.
        self.too_much = too_much or (self.status in _TOO_MUCH_AT_ONCE and retry_after is None)


class RetriesExhausted(Temporary):
    """A temporary failure that did not go away within the client's patience."""

    advice = "try again later, and see status.hubspot.com if it goes on"


class MalformedAnswer(Temporary):
    """An answer that is cut off, is not JSON, or has not the shape HubSpot promises; retried first."""

    advice = "try again later; if it goes on, something between here and HubSpot changes its answers"


class Unreachable(Temporary):
    """No connection, or one that broke: DNS, TLS, refused, timed out; retried first."""

    advice = "check the network, any proxy, and the API URL"


def from_answer(  # noqa: PLR0911 - one line per class of status is the table a reader looks for
    status: int,
    body: Any,
    headers: Mapping[str, str],
    *,
    method: str,
    path: str,
    resets_at: str | None = None,
) -> HubSpotError:
    """The exception for an answer whose status is not a success.

    `body` is the decoded JSON, or None where the answer was not JSON (414, 5xx and Cloudflare's are HTML).
    """
    error: dict[str, Any] = body if isinstance(body, dict) else {}
    where: dict[str, Any] = {
        "status": status,
        "category": _text(error.get("category")) or _text(error.get("errorType")),
        "correlation_id": _text(error.get("correlationId")) or headers.get("X-HubSpot-Correlation-Id"),
        "method": method,
        "path": path,
    }
    message = one_line(_text(error.get("message")) or "no explanation given")[:_LONGEST_MESSAGE]

    if status == 429:
        policy = next(_texts(error, "policyName"), None)
        if _is_of_the_day(policy, error, message, headers):
            return DailyLimitReached(message, resets_at=resets_at, **where)
        return Temporary(message, retry_after=_retry_after(headers), policy=policy, **where)
    if status in {401, 530}:
        return Unauthorized(message, **where)
    if status in _RETRIED_STATUSES or status >= 500:
        return Temporary(message, retry_after=_retry_after(headers), **where)
    if status in {402, 403}:
        return _forbidden(message, error, where)
    if status == 404:
        return NotFound(message, **where)
    if status == 414:
        return UrlTooLong("the URL is too long", **where)
    if status == 400:
        return _bad_request(message, where)
    if status < 400:
        return BadRequest("a redirect or an empty success instead of JSON; is the API URL right?", **where)
    return BadRequest(message, **where)


def _bad_request(message: str, where: dict[str, Any]) -> HubSpotError:
    if _UNKNOWN_TYPE.search(message):
        return UnknownObjectType(message, **where)
    if _NEEDS_AN_OBJECT.search(message):
        return NotListable(message, **where)
    return BadRequest(message, **where)


def _forbidden(message: str, error: dict[str, Any], where: dict[str, Any]) -> HubSpotError:
    if not error:
        # A proxy or firewall refuses in HTML; taking that for HubSpot's word would make a full table empty.
        return MalformedAnswer("a refusal that is not HubSpot's own (no JSON)", **where)
    scopes = tuple(dict.fromkeys(_scopes(error)))
    links = error.get("links")
    lacks_one = where["category"] == "MISSING_SCOPES" or (isinstance(links, dict) and "scopes" in links)
    if scopes or lacks_one or (where["category"] is None and _LACKS_A_SCOPE.search(message)):
        return MissingScopes(message, scopes=scopes, **where)
    if where["category"] == "USER_DOES_NOT_HAVE_PERMISSIONS":
        return NoPermission(message, **where)
    return Forbidden(message, **where)


def _is_of_the_day(policy: str | None, error: dict[str, Any], message: str, headers: Mapping[str, str]) -> bool:
    """Whether a 429 means that the day's calls are used up, by the most certain of what it says."""
    for said in (policy, error.get("subCategory"), error.get("errorType"), error.get("category"), message):
        # What speaks of seconds may mention the day beside them.
        if isinstance(said, str) and _WITHIN_SECONDS.search(said):
            return False
        if isinstance(said, str) and _USED_UP_TODAY.search(said):
            return True
    return policy is None and headers.get("X-HubSpot-RateLimit-Daily-Remaining") == "0"


def _scopes(error: dict[str, Any]) -> Iterator[str]:
    for name in ("requiredGranularScopes", "requiredScopes"):
        for scopes in _texts(error, name):
            yield from re.findall(r"[^\s,;]+", scopes)


def _texts(part: Any, name: str, depth: int = 8) -> Iterator[str]:
    """Every text of that name, alone or in a list, wherever in an error body it stands."""
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict):
        told = part.get(name)
        yield from filter(None, map(_text, told if isinstance(told, list) else [told]))
    for one in inside if depth else ():
        yield from _texts(one, name, depth - 1)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; a date or nonsense counts as not given, since our clock need not agree with HubSpot's."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
