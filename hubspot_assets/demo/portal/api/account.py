"""Account info API: who the account is, how much of the day's calls is used, and what a token may."""

from datetime import timedelta
from typing import Any

from hubspot_assets.demo.portal.errors import not_found
from hubspot_assets.demo.portal.routing import Call, Endpoint, both
from hubspot_assets.demo.portal.world.times import DAY_MS, iso, ms_of


def details(call: Call) -> dict[str, Any]:
    return {
        "portalId": call.settings.portal_id,
        "accountType": "STANDARD",
        "timeZone": call.settings.time_zone,
        "companyCurrency": "EUR",
        "additionalCurrencies": ["USD"],
        "utcOffset": "+00:00",
        "utcOffsetMilliseconds": 0,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }


def daily_usage(call: Call) -> dict[str, Any]:
    if not call.settings.api_usage_known:
        return {"results": []}
    limits = call.portal.limits
    resets = ms_of(call.settings.day + timedelta(days=1)) + DAY_MS
    calls = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": limits.daily_limit,
        "currentUsage": limits.daily_used,
        "collectedAt": iso(resets - DAY_MS + 60_000),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(resets),
    }
    if call.settings.api_usage_rows == "not_fetched":
        calls |= {"currentUsage": 0, "fetchStatus": "FAILED"}
    others = [
        {"name": "sales-pro-seats", "usageLimit": 2, "currentUsage": 2, "resetsAt": None, "fetchStatus": "SUCCESS"}
    ]
    return {"results": [*(others if call.settings.api_usage_rows == "others_first" else []), calls]}


def token_info(call: Call) -> dict[str, Any]:
    """Who a private app's token is, and what it may; other kinds of tokens are not known here."""
    if call.body.get("tokenKey") != call.settings.token or call.settings.asked_by != "private_app":
        raise not_found("The token is not one of a private app")
    scopes = sorted(scope for scope in call.portal.every_scope if call.settings.grants((scope,)))
    return {"userId": 9_000_000, "hubId": call.settings.portal_id, "appId": 2_345, "scopes": scopes}


_USAGE = "api-usage/daily/private-apps"
ENDPOINTS = [
    Endpoint("GET", both("/account-info/v3/details", "/account-info/{V}/details"), details),
    Endpoint("POST", ("/oauth/v2/private-apps/get/access-token-info",), token_info),
    Endpoint("GET", both(f"/account-info/v3/{_USAGE}", f"/account-info/{{V}}/{_USAGE}"), daily_usage),
]
