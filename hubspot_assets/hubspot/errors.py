"""HubSpot's refusals as exceptions: what each means and what to do.

Not here: which one an answer is (`http.refusals`); what is done about an error. Retrying is the client's; leaving a
table empty is the caller's.
"""

from typing import Any

from hubspot_assets.errors import ExportError
from hubspot_assets.outside_text import one_line

# What HubSpot, Cloudflare before it or a proxy answers when an answer takes too long or becomes too big, among others.
_TOO_MUCH_AT_ONCE = frozenset({408, 500, 502, 503, 504, 520, 522, 524})
_LONGEST_ID = 100
_NO_ANSWER = 400


class HubSpotError(ExportError):
    """A call to HubSpot failed. `str()` is one sentence: what happened, where, and what to do.

    Attributes: `status` (HTTP status, None when there was no answer), `message` (HubSpot's own words),
    `category`, `correlation_id` (what HubSpot's support asks for), `method`, `path`.
    """

    advice = "look up the message in HubSpot's documentation for this endpoint"

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
        """Return the sentence with this for advice."""
        answered = f"HubSpot answered {self.status} to" if self.status else "No usable answer from HubSpot to"
        known_as = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        said = self.message.rstrip(". ")
        return f"{answered} {self.method} {self.path}: {said}{known_as}; {advice}."


class Unauthorized(HubSpotError):
    """401, or 530 for a token of another region: HubSpot does not know the token."""

    advice = "check that the access token is complete, active and from this portal's region"


class Refused(HubSpotError):
    """HubSpot's final word on one request: asking again changes nothing, and other requests may be answered.

    Of a list of parents whose children are read one by one, such a child is noted and the others are read.
    """


class NotAvailable(Refused):
    """This portal, plan or token does not have what was asked for: never the same as "no rows"."""


class Forbidden(NotAvailable):
    """402 or 403 without a missing scope: the plan or the token's creator does not have this."""

    advice = "check that the portal's plan includes this and that the user who created the token still has access"


class NotGranted(Forbidden):
    """403 that somebody can fix in HubSpot: with a scope, or with the token of a user who has the permission."""


class MissingScopes(NotGranted):
    """403 MISSING_SCOPES. `scopes` are the names to grant to the token (any one of them may be enough)."""

    def __init__(self, message: str, *, scopes: tuple[str, ...] = (), **where: Any) -> None:
        super().__init__(message, **where)
        self.scopes = tuple(one_line(scope)[:_LONGEST_ID] for scope in scopes)

    @property
    def advice(self) -> str:  # type: ignore[override]
        """What to grant, by name where HubSpot told it."""
        if not self.scopes:
            return "grant the token the scope that this endpoint needs"
        return f"grant the token the scope {' or '.join(self.scopes)}"


class NoPermission(NotGranted):
    """403 because the user who created the token may not do this (any more): no scope is missing."""

    advice = "have a user with that permission create a new token"


class BadRequest(Refused):
    """400, or any other 4xx without a class of its own: HubSpot does not accept the request."""


class UnknownObjectType(BadRequest, NotAvailable):
    """400 "Unable to infer object type", or "not supported": no such type here, or not by this API."""

    advice = "check the object type id, or read this type through its own API"


class NotListable(BadRequest, NotAvailable):
    """400 because HubSpot tells these only record by record: there is no list of all of them."""

    advice = "HubSpot does not list these for this portal"


class NotFound(NotAvailable):
    """404: no such endpoint, record or type."""

    advice = "check the id and the API URL"


class NotAnswered(Refused):
    """HubSpot answers others of its kind and not this one, however often it is asked: no word on what is there."""

    advice = "export the day again, which requests it again; if that does not help, see status.hubspot.com"

    @classmethod
    def of(cls, error: "Temporary") -> "NotAnswered":
        """Return what a failure that did not pass means for one part of a table."""
        # An answer of another form is no answer.
        status = None if error.status is not None and error.status < _NO_ANSWER else error.status
        return cls(
            error.message,
            status=status,
            category=error.category,
            correlation_id=error.correlation_id,
            method=error.method,
            path=error.path,
        )


class UrlTooLong(HubSpotError):
    """414: the URL has too many property names; whoever built it splits them and asks again."""

    advice = "request fewer properties at once"


class DailyLimitReached(HubSpotError):
    """429 with policy DAILY: the portal's calls for today are used up. Retrying would only be refused."""

    def __init__(self, message: str, *, resets_at: str | None = None, **where: Any) -> None:
        super().__init__(message, **where)
        self.resets_at = one_line(resets_at)[:_LONGEST_ID] if resets_at else None

    def again(self) -> "DailyLimitReached":
        """Return the same error, to be raised for a call that was not made."""
        told = {name: getattr(self, name) for name in ("status", "category", "correlation_id", "method", "path")}
        return DailyLimitReached(self.message, resets_at=self.resets_at, **told)

    @property
    def advice(self) -> str:  # type: ignore[override]
        """When the quota resets: HubSpot's own time where it told one."""
        resets_at = self.resets_at or "midnight in the portal's time zone"
        return f"continue after it resets at {resets_at}"


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


class Doubtful(Temporary):
    """A refusal that may be no word of HubSpot's. `error`: what it is when the client does not ask again."""

    def __init__(self, error: HubSpotError) -> None:
        super().__init__(
            error.message,
            status=error.status,
            category=error.category,
            correlation_id=error.correlation_id,
            method=error.method,
            path=error.path,
        )
        self.error = error


class RetriesExhausted(Temporary):
    """A temporary failure that did not go away within the client's patience."""

    advice = "try again later; if that does not help, see status.hubspot.com"


class MalformedAnswer(Temporary):
    """An answer that is cut off, is not JSON, or has not the shape HubSpot promises; retried first."""

    advice = "try again later; if that does not help, look for a proxy that changes HubSpot's answers"


class Unreachable(Temporary):
    """No connection, or one that broke: DNS, TLS, refused, timed out; retried first."""

    advice = "check the network, any proxy, and the API URL"
