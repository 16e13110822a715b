"""Account info API: who the account is, and how much of the day's calls is used."""

from datetime import timedelta
from typing import Any

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
    return {
        "results": [
            {
                "name": "private-apps-api-calls-daily",
                "usageLimit": limits.daily_limit,
                "currentUsage": limits.daily_used,
                "collectedAt": iso(resets - DAY_MS + 60_000),
                "fetchStatus": "SUCCESS",
                "resetsAt": iso(resets),
            }
        ]
    }


_USAGE = "api-usage/daily/private-apps"
ENDPOINTS = [
    Endpoint("GET", both("/account-info/v3/details", "/account-info/{V}/details"), details),
    Endpoint("GET", both(f"/account-info/v3/{_USAGE}", f"/account-info/{{V}}/{_USAGE}"), daily_usage),
]
