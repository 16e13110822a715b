"""What the bench counts on the wire."""

import json
from dataclasses import replace

from hubspot_assets.demo.portal.request_log import LoggedRequest
from hubspot_assets_tests.benchmarks.traffic import calls_by_kind, reading_moments, share_of_limit

LIST, BATCH = "/crm/objects/2026-09/{object_type}", "/crm/objects/2026-09/{object_type}/batch/read"


def request(method: str, route: str, query: str = "", body: object = None) -> LoggedRequest:
    content = json.dumps(body).encode() if body else b""
    return LoggedRequest(method, route, query, content, route, 200, None, 0.0, 0.0)


def test_the_share_of_the_limit_is_that_of_the_whole_windows() -> None:
    steady = [n / 19 for n in range(19 * 40 + 1)]
    assert share_of_limit(steady, limit=190) == 1
    assert share_of_limit([moment * 2 for moment in steady], limit=190) == 0.5


def test_a_burst_at_the_end_is_not_counted_against_a_window_that_is_not_whole() -> None:
    assert share_of_limit([0.0, *([10.5] * 190)], limit=190) == 1 / 190


def test_a_reading_shorter_than_one_window_has_no_share() -> None:
    assert share_of_limit([0.0, 9.9], limit=190) is None
    assert share_of_limit([], limit=190) is None


def test_reading_begins_with_the_first_call_for_records() -> None:
    def at(moment: float, made: LoggedRequest, status: int = 200) -> LoggedRequest:
        return replace(made, started=moment, seconds=0.25, status=status)

    definitions, records = request("GET", "/crm/properties/2026-09/{object_type}"), request("GET", LIST)
    requests = [at(1, definitions), at(2, records), at(3, records, status=429), at(4, definitions), at(5, records)]
    assert reading_moments(requests) == [2.25, 4.25, 5.25]
    assert reading_moments([]) == []


def test_calls_are_told_apart_by_what_they_ask_for() -> None:
    requests = [
        request("GET", LIST, "properties=email&limit=100"),
        request("GET", LIST, "properties=email&limit=100&after=7"),
        request("GET", LIST, "propertiesWithHistory=email&limit=50"),
        request("POST", BATCH, body={"inputs": [], "properties": ["email"], "propertiesWithHistory": []}),
        request("POST", BATCH, body={"inputs": [], "properties": [], "propertiesWithHistory": ["email"]}),
        request("GET", "/crm/properties/2026-09/{object_type}"),
        request("GET", "/crm/v3/objects/{object_type}", "properties=email"),
    ]
    assert calls_by_kind(requests) == {
        "records, by list": 3,
        "records with history, by list": 1,
        "records, by batch read": 1,
        "records with history, by batch read": 1,
        "definitions": 1,
    }
