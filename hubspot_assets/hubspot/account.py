"""The portal itself: who it is, and how much of its daily calls are used.

https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide
"""

from typing import Any, NamedTuple

from hubspot_assets.hubspot import errors, instants, versions
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.decoding import rows_of

_DAILY_CALLS = "api-calls-daily"
"""How the name of the row about calls ends: `private-apps-api-calls-daily`. Other rows count other things."""
_FETCHED = ("SUCCESS", "CACHED", None)


class DailyUsage(NamedTuple):
    """The portal's calls of today, as HubSpot counted them at `collected_at` (its times are text)."""

    limit: int
    used: int
    collected_at: str | None
    resets_at: str | None


def details(client: HubSpotClient) -> dict[str, Any]:
    """Return the portal: `portalId`, `timeZone`, `accountType`, `companyCurrency`, `dataHostingLocation`, ...

    GET /account-info/{version}/details, one call, no scope needed.
    """

    def check(answer: dict[str, Any]) -> str | None:
        return None if answer.get("portalId") is not None else "no 'portalId'"

    return client.get(versions.path("account_details"), check=check)


def daily_usage(client: HubSpotClient) -> DailyUsage | None:
    """How many calls of today are used, of how many; None where HubSpot does not tell it, or could not count.

    GET /account-info/{version}/api-usage/daily/private-apps, one call. HubSpot's figure is some minutes old;
    `client.limiter.daily_remaining` has that of its last answer. The time of the reset found here is the one
    that `DailyLimitReached` tells.
    """
    try:
        answer = client.get(versions.path("account_daily_usage"), check=rows_of("results"))
    except (errors.Forbidden, errors.NotFound):
        return None
    for row in answer["results"]:
        limit, used = row.get("usageLimit"), row.get("currentUsage")
        if _is_of_daily_calls(row) and type(limit) is int and type(used) is int:
            usage = DailyUsage(limit, used, _moment(row.get("collectedAt")), _moment(row.get("resetsAt")))
            client.limiter.resets_at = usage.resets_at
            return usage
    return None


def _is_of_daily_calls(row: dict[str, Any]) -> bool:
    """Whether a row counts the calls of today. What was not fetched says 0, which is no count."""
    return str(row.get("name") or _DAILY_CALLS).endswith(_DAILY_CALLS) and row.get("fetchStatus") in _FETCHED


def _moment(told: Any) -> str | None:
    """Return a time of HubSpot's as text; some portals tell epoch milliseconds."""
    if type(told) is int:
        return instants.of_milliseconds(told)
    return str(told) if told else None


class CallsLeft(NamedTuple):
    """What is left of today's calls, of how many, until when (HubSpot's text, None where it does not say)."""

    left: int
    limit: int
    resets_at: str | None


def calls_left(client: HubSpotClient) -> CallsLeft | None:
    """Return what is left of the portal's calls of today; None where HubSpot does not tell this kind of token. One
    call.

    The headers of the answer are fresher than what it says. Raises Unauthorized: what follows would be told the same.
    """
    try:
        usage = daily_usage(client)
    except errors.Unauthorized:
        raise
    except errors.HubSpotError:
        usage = None
    limit, left = client.limiter.daily_limit, client.limiter.daily_remaining
    if usage is not None and (limit is None or left is None):
        limit, left = usage.limit, max(0, usage.limit - usage.used)
    if limit is None or left is None:
        return None
    return CallsLeft(left, limit, usage.resets_at if usage else None)
