"""What HubSpot's headers say of the limits, when they are missing, absurd, or change while a table is read.

Every record is read, and nobody waits longer than an interval of HubSpot's own: a header is no reason for a wrong
table or for an endless wait.
"""

from collections.abc import Callable
from typing import Any

import pytest

from hubspot_assets.hubspot import objects
from hubspot_assets.hubspot.http.limiter import Limiter

from .canned import Answer, CannedHubSpot, Request, Table

MAX, REMAINING = "X-HubSpot-RateLimit-Max", "X-HubSpot-RateLimit-Remaining"
INTERVAL = "X-HubSpot-RateLimit-Interval-Milliseconds"
DAILY, DAILY_REMAINING = "X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Daily-Remaining"
GOOD = {MAX: "190", REMAINING: "150", INTERVAL: "10000", DAILY: "625000", DAILY_REMAINING: "600000"}


class OwnTime(Limiter):
    """A limiter on a clock of its own, on which waiting takes no time and is written down."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.taken: list[float] = []
        super().__init__(clock=lambda: self.now)

    def acquire(self, budget: Any) -> float:
        with self._changed:
            window = self._windows[budget]
            while (wait := window.wait(self.now)) > 0:
                self.waits.append(wait)
                self.now += wait
            window.take(self.now)
            self.taken.append(self.now)
            return self.now


HEADERS: dict[str, Callable[[int], dict[str, str]]] = {
    "as they should be": lambda n: GOOD,
    "missing": lambda n: {},
    "missing now and then": lambda n: GOOD if n % 3 else {},
    "empty": lambda n: dict.fromkeys(GOOD, ""),
    "words": lambda n: dict.fromkeys(GOOD, "unlimited"),
    "fractions": lambda n: dict.fromkeys(GOOD, "1.5"),
    "negative": lambda n: dict.fromkeys(GOOD, "-190"),
    "zero": lambda n: dict.fromkeys(GOOD, "0"),
    "digits of another script": lambda n: dict.fromkeys(GOOD, "١٩٠"),
    "a superscript": lambda n: dict.fromkeys(GOOD, "²"),
    "astronomic": lambda n: dict.fromkeys(GOOD, "9" * 400),
    "longer than any number may be": lambda n: dict.fromkeys(GOOD, "9" * 5000),
    "an interval of a year": lambda n: {**GOOD, MAX: "2", INTERVAL: str(365 * 86_400_000)},
    "an interval of nothing": lambda n: {**GOOD, INTERVAL: "0"},
    "more remaining than there are": lambda n: {**GOOD, REMAINING: "100000"},
    "nothing remaining": lambda n: {**GOOD, REMAINING: "0"},
    "a limit that shrinks": lambda n: {**GOOD, MAX: str(max(3, 190 - 60 * n)), REMAINING: "1"},
    "a limit that jumps": lambda n: {**GOOD, MAX: str((2, 250, 11)[n % 3]), REMAINING: str(n % 5)},
    "a date that is years off": lambda n: {**GOOD, "Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "a date of the future": lambda n: {**GOOD, "Date": "Fri, 01 Jan 2100 00:00:00 GMT", "Age": "-5"},
    "twice in one": lambda n: {name: f"{value}, {value}" for name, value in GOOD.items()},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_whatever_the_headers_say_every_record_is_read_and_no_wait_is_endless(
    headers: Callable[[int], dict[str, str]],
) -> None:
    table = Table([{"id": number, "properties": {"email": f"{number}@x"}} for number in range(1, 1201)])
    calls = iter(range(1000))

    def answer(request: Request) -> Any:
        return Answer(table(request), headers=headers(next(calls)))

    limiter = OwnTime()
    client = CannedHubSpot(answer).client(limiter=limiter)

    found = [one["id"] for page in objects.pages(client, "0-1", ["email"]) for one in page.records]

    assert found == [str(number) for number in range(1, 1201)]
    assert max(limiter.waits, default=0.0) <= 61
    assert limiter.daily_remaining is None or limiter.daily_remaining >= 0


def test_a_limit_that_shrinks_while_a_table_is_read_is_kept() -> None:
    table = Table([{"id": number, "properties": {}} for number in range(1, 3001)])
    limiter = OwnTime()

    def answer(request: Request) -> Any:
        granted = str(190 if len(limiter.taken) < 6 else 5)
        return Answer(table(request), headers={**GOOD, MAX: granted, REMAINING: granted})

    client = CannedHubSpot(answer).client(limiter=limiter)

    assert sum(len(page.records) for page in objects.pages(client, "0-1", [])) == 3000
    late = [moment for moment in limiter.taken if moment > 15]
    assert max(sum(moment <= one < moment + 10 for one in late) for moment in late) <= 5
