"""What HubSpot's refusals mean: a day that is used up, a limit of seconds, a scope that is missing, and what is not."""

from typing import Any

import pytest

from hubspot_assets.hubspot import errors, objects, users
from hubspot_assets.hubspot.http.limiter import Limiter

from .canned import Answer, CannedHubSpot, Table, canned
from .hostile import NoWaiting

PATH = "/crm/owners/2026-09"
GOOD: dict[str, Any] = {"results": []}
USED_UP = {"status": "error", "message": "You have reached your daily limit.", "policyName": "DAILY"}

DAILY: dict[str, dict[str, Any]] = {
    "policy": {"message": "no", "policyName": "DAILY"},
    "policy in small letters": {"message": "no", "policyName": "daily"},
    "policy of another name": {"message": "no", "policyName": "PORTAL_DAILY_LIMIT"},
    "policy in the context": {"message": "no", "category": "RATE_LIMITS", "context": {"policyName": ["DAILY"]}},
    "policy in an error's context": {"message": "no", "errors": [{"context": {"policyName": "DAILY"}}]},
    "subcategory": {"message": "no", "category": "RATE_LIMITS", "subCategory": "RateLimits.DAILY_EXCEEDED"},
    "words": {"message": "You have reached your daily limit.", "errorType": "RATE_LIMIT"},
    "other words": {"message": "The limit of calls per day was reached; retry after 3600 seconds."},
    "policy against words": {"message": "ten_secondly_rolling limit", "policyName": "DAILY"},
}
WITHIN_SECONDS: dict[str, dict[str, Any]] = {
    "policy": {"message": "no", "policyName": "TEN_SECONDLY_ROLLING"},
    "policy that the words belie": {"message": "see your daily limit", "policyName": "TEN_SECONDLY_ROLLING"},
    "words": {"message": "You have reached your ten_secondly_rolling limit."},
    "words that mention the day": {"message": "You have reached your secondly limit; your daily limit is 250,000."},
    "other words": {"message": "No more than 100 calls per 10 seconds, and 250,000 daily.", "category": "RATE_LIMITS"},
    "nothing": {"message": "Too many requests"},
}


@pytest.mark.parametrize("body", DAILY.values(), ids=DAILY)
def test_a_429_of_the_day_is_told_at_once_whatever_its_words(body: dict[str, Any]):
    hubspot = canned(Answer({"status": "error", **body}, 429))

    with pytest.raises(errors.DailyLimitReached):
        hubspot.client().get(PATH)

    assert len(hubspot.seen) == 1


@pytest.mark.parametrize("body", WITHIN_SECONDS.values(), ids=WITHIN_SECONDS)
def test_a_429_of_seconds_is_waited_out_though_it_mentions_the_day(body: dict[str, Any]):
    hubspot = canned(Answer({"status": "error", **body}, 429), GOOD)

    assert hubspot.client(limiter=NoWaiting()).get(PATH) == GOOD


def test_a_429_without_a_word_is_of_the_day_where_the_headers_say_that_nothing_is_left():
    left = {"X-HubSpot-RateLimit-Daily": "250000", "X-HubSpot-RateLimit-Daily-Remaining": "0"}

    with pytest.raises(errors.DailyLimitReached):
        canned(Answer({"message": "Too many requests"}, 429, left)).client().get(PATH)


def test_after_a_429_of_the_day_no_further_call_leaves_for_that_portal():
    hubspot = canned(Answer(USED_UP, 429), GOOD)
    client = hubspot.client()

    for view in (client, client.metered(), client):
        with pytest.raises(errors.DailyLimitReached, match="/crm/owners/"):
            view.get(PATH)

    assert len(hubspot.seen) == client.calls == 1


def test_a_daily_429_ends_everything_that_is_read_side_by_side():
    table = Table([{"id": number, "properties": {}} for number in range(1, 20_001)])
    table.before = lambda request: Answer(USED_UP, 429) if len(hubspot.seen) > 60 else None
    hubspot = CannedHubSpot(table)
    client = hubspot.client(limiter=Limiter())

    def read_on() -> None:
        for _ in objects.pages(client, "0-1", []):
            pass

    with pytest.raises(errors.DailyLimitReached):
        read_on()
    before = len(hubspot.seen)
    with pytest.raises(errors.DailyLimitReached):
        list(users.read(client))

    # What was under way when it was told.
    assert before <= 61 + 16
    assert len(hubspot.seen) == before


SCOPES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "in the errors": ({"errors": [{"context": {"requiredGranularScopes": ["a", "b"]}}]}, ("a", "b")),
    "in the context": ({"context": {"requiredGranularScopes": ["a"]}}, ("a",)),
    "beside the message": ({"requiredGranularScopes": ["a"]}, ("a",)),
    "older": ({"context": {"requiredScopes": ["a"]}}, ("a",)),
    "as text": ({"context": {"requiredGranularScopes": "a, b"}}, ("a", "b")),
    "twice": ({"context": {"requiredScopes": ["a"]}, "errors": [{"context": {"requiredScopes": ["a"]}}]}, ("a",)),
    "with links": ({"links": {"scopes": "https://developers.hubspot.com/scopes"}}, ()),
    "by category": ({"category": "MISSING_SCOPES"}, ()),
    "by its words": ({"message": "This app hasn't been granted all required scopes to make this call."}, ()),
}


@pytest.mark.parametrize(("body", "scopes"), SCOPES.values(), ids=SCOPES)
def test_a_missing_scope_is_known_in_every_form(body: dict[str, Any], scopes: tuple[str, ...]):
    with pytest.raises(errors.MissingScopes) as raised:
        canned(Answer({"status": "error", "message": "no", **body}, 403)).client().get(PATH)

    assert raised.value.scopes == scopes
    assert isinstance(raised.value, errors.NotGranted)


@pytest.mark.parametrize("category", ["FORBIDDEN", None])
def test_a_403_that_no_scope_would_mend_is_none_of_a_scope(category: str | None):
    body = {"status": "error", "message": "User level OAuth token required", "category": category}

    with pytest.raises(errors.Forbidden) as raised:
        canned(Answer(body, 403)).client().get(PATH)

    assert type(raised.value) is errors.Forbidden
