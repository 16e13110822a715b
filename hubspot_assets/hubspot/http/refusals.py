"""Which error an answer is that is no success: everything that reads a status code or an error body.

Not here: what the errors mean (`errors`), and what is done about one (`client`, `retrying`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hubspot_assets.hubspot import errors
from hubspot_assets.outside_text import one_line

_RETRIED_STATUSES = frozenset({408, 423, 429, 477})
_UNKNOWN_TYPE = re.compile(r"unable to infer object type|not supported", re.IGNORECASE)
_NEEDS_AN_OBJECT = re.compile(r"\bobjectId\b.*\brequired\b", re.IGNORECASE)
_USED_UP_TODAY = re.compile(r"daily|per day|24.?hours?", re.IGNORECASE)
_WITHIN_SECONDS = re.compile(r"secondly|(?:per|10|ten)[ _-]?\d*[ _-]?second", re.IGNORECASE)
_LACKS_A_SCOPE = re.compile(r"\brequired scopes?\b|\bscopes? (?:is|are) (?:required|missing)\b", re.IGNORECASE)
_LONGEST_MESSAGE = 500
_LONG_URL = 4_000


def error_of(  # noqa: PLR0911 - one line per class of status is the table a reader looks for
    status: int,
    body: Any,
    headers: Mapping[str, str],
    *,
    method: str,
    path: str,
    url_length: int = 0,
    resets_at: str | None = None,
) -> errors.HubSpotError:
    """Return the exception for an answer whose status is not a success.

    `body` is the decoded JSON, or None where the answer was not JSON (414, 5xx and Cloudflare's are HTML).
    `url_length`: of the URL that was asked, in characters.
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
            return errors.DailyLimitReached(message, resets_at=resets_at, **where)
        return errors.Temporary(message, retry_after=_retry_after(headers), policy=policy, **where)
    if status in {401, 530}:
        return errors.Unauthorized(message, **where)
    if status in _RETRIED_STATUSES or status >= 500:
        return errors.Temporary(message, retry_after=_retry_after(headers), **where)
    if status in {402, 403}:
        return _forbidden(message, error, where)
    if status == 404:
        return errors.NotFound(message, **where)
    # Gateways have other words for it, too: that the header is too large, or just that the request is bad.
    if status in {414, 431} or (status in {400, 413} and not error and url_length > _LONG_URL):
        return errors.UrlTooLong("the URL is too long", **where)
    if status == 400:
        return _bad_request(message, where)
    if status < 300:
        # 202 and 204 are no word on what is there: a moment later it may be told.
        return errors.MalformedAnswer("an empty answer instead of JSON, so the API URL may be wrong", **where)
    if status < 400:
        return errors.BadRequest("a redirect instead of JSON, so the API URL may be wrong", **where)
    return errors.BadRequest(message, **where)


def is_doubtful(error: errors.HubSpotError, body: Any) -> bool:
    """Whether an answer that would be final may be another's, or pass: it is believed when it comes again.

    A gateway, a proxy or a login page answers in HTML, whatever its status; and tokens that HubSpot knows were refused
    for a moment, when what checks them failed.
    """
    return isinstance(error, errors.Unauthorized) or (isinstance(error, errors.Refused) and not isinstance(body, dict))


def _bad_request(message: str, where: dict[str, Any]) -> errors.HubSpotError:
    if _UNKNOWN_TYPE.search(message):
        return errors.UnknownObjectType(message, **where)
    if _NEEDS_AN_OBJECT.search(message):
        return errors.NotListable(message, **where)
    return errors.BadRequest(message, **where)


def _forbidden(message: str, error: dict[str, Any], where: dict[str, Any]) -> errors.HubSpotError:
    if not error:
        # A proxy or firewall refuses in HTML; taking that for HubSpot's word would make a full table empty.
        return errors.MalformedAnswer("a refusal that does not come from HubSpot (no JSON)", **where)
    scopes = tuple(dict.fromkeys(_scopes(error)))
    links = error.get("links")
    lacks_one = where["category"] == "MISSING_SCOPES" or (isinstance(links, dict) and "scopes" in links)
    if scopes or lacks_one or (where["category"] is None and _LACKS_A_SCOPE.search(message)):
        return errors.MissingScopes(message, scopes=scopes, **where)
    if where["category"] == "USER_DOES_NOT_HAVE_PERMISSIONS":
        return errors.NoPermission(message, **where)
    return errors.Forbidden(message, **where)


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
