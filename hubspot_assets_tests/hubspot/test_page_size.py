"""Pages that HubSpot does not answer at full size, however often they are asked for: every reader asks for less.

Each reader meets a HubSpot where one row is too heavy to be answered among more than a few, or that refuses large pages
with 400. It reads every row once, and asks for large pages again behind the heavy place.
"""

from typing import Any

import pytest
import requests

from hubspot_assets.hubspot import (
    errors,
    lists,
    users,
)
from hubspot_assets.hubspot.http.page_size import PageSize
from hubspot_assets_tests.sampled import sampled

from .canned import Answer, CannedHubSpot, Request
from .every_reader import COUNT, HEAVY, IDS, READERS, Answers, backwards, by_id, listed, wanted
from .hostile import NoWaiting

FAULTS = {
    "500": Answer({"status": "error", "message": "internal error"}, 500),
    "502 web page": Answer(b"<html><title>502</title></html>", 502),
    "504 web page": Answer(b"<html><title>504</title></html>", 504),
    "524 web page": Answer(b"<html><title>524</title></html>", 524),
    "no answer in time": Answer(broken=requests.exceptions.ReadTimeout("silent for 110 s")),
    "cut off": Answer(b'{"results": [{"id": "1"'),
}


def heavy(good: Answers, largest: int, fault: Answer) -> Answers:
    """A HubSpot that gives the row `HEAVY` among no more than `largest` rows."""

    def answer(request: Request) -> Any:
        start, count = wanted(request)
        if request.method == "POST" and "inputs" in request.body:
            holds_it = str(HEAVY) in [one["id"] for one in request.body["inputs"]]
        elif good is backwards:
            stop = int(request.one("before") or COUNT)
            holds_it = stop - count <= HEAVY < stop
        else:
            holds_it = start <= HEAVY < start + count
        return fault if holds_it and count > largest else good(request)

    return answer


def through(kind: str, answers: Answers) -> tuple[list[str], CannedHubSpot]:
    hubspot = CannedHubSpot(answers)
    return [str(one) for one in READERS[kind].read(hubspot.client(limiter=NoWaiting()))], hubspot


def sizes(hubspot: CannedHubSpot) -> list[int]:
    return [wanted(request)[1] for request in hubspot.seen]


@pytest.mark.parametrize("largest", sampled([7, 40, 2], 1))
@pytest.mark.parametrize("kind", READERS)
def test_a_heavy_row_costs_no_row(kind: str, largest: int) -> None:
    found, hubspot = through(kind, heavy(READERS[kind].answers(), largest, FAULTS["502 web page"]))

    assert found == IDS or sorted(found, key=int) == IDS
    assert len(hubspot.seen) < (300 if kind == "events" else 200)  # events are read twice, as big lists of them are


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("kind", ["records", "chosen records", "associations", "users", "lists", "memberships"])
def test_whatever_a_page_that_is_too_heavy_looks_like(kind: str, fault: Answer) -> None:
    found, _ = through(kind, heavy(READERS[kind].answers(), 12, fault))

    assert sorted(found, key=int) == IDS


@pytest.mark.parametrize("kind", READERS)
def test_a_size_that_is_refused_in_whatever_words_is_not_asked_for_again(kind: str) -> None:
    good, allowed = READERS[kind].answers(), READERS[kind].largest // 4

    def answer(request: Request) -> Any:
        too_many = wanted(request)[1] > allowed
        return Answer({"status": "error", "message": "Ungültige Eingabe"}, 400) if too_many else good(request)

    found, hubspot = through(kind, answer)

    assert sorted(found, key=int) == IDS
    refused = [size for size in sizes(hubspot) if size > allowed]
    assert len(refused) <= 6 or READERS[kind].largest == COUNT


@pytest.mark.parametrize("kind", sorted(READERS.keys() - {"memberships", "submissions"}))
def test_a_400_that_has_nothing_to_do_with_the_size_is_told_after_few_calls(kind: str) -> None:
    hubspot = CannedHubSpot(lambda request: Answer({"status": "error", "message": "bad portal"}, 400))

    with pytest.raises(errors.BadRequest, match="bad portal"):
        list(READERS[kind].read(hubspot.client(limiter=NoWaiting())))

    at_once = 16 if kind in {"chosen records", "chosen records with history", "deal splits"} else 1
    at_once = 2 if kind == "records in two pieces" else at_once
    assert len(hubspot.seen) <= 3 * at_once


def test_a_row_that_hubspot_does_not_give_even_alone_is_named_in_the_error() -> None:
    for kind, place in (
        ("records", "at the cursor '137'"),
        ("chosen records", "at record 137"),
        ("associations", "at record 137"),
        ("users", "at the cursor '137'"),
    ):
        answers = heavy(READERS[kind].answers(), 0, FAULTS["500"])
        with pytest.raises(errors.RetriesExhausted, match=f"internal error .tried 20 times.*a page size of 1.*{place}"):
            through(kind, answers)


def test_behind_the_heavy_place_pages_are_large_again() -> None:
    _, hubspot = through("users", heavy(READERS["users"].answers(), 10, FAULTS["504 web page"]))

    asked = sizes(hubspot)
    assert asked[:7] == [100, 100, 100, 100, 50, 50, 20]
    assert asked[-2:] == [100, 100]


def test_a_list_of_heavy_rows_is_read_by_small_pages_without_trying_large_ones_at_each() -> None:
    def answer(request: Request) -> Any:
        return FAULTS["502 web page"] if wanted(request)[1] > 20 else listed(by_id)(request)

    found, hubspot = through("users", answer)

    assert found == IDS
    assert sum(size > 20 for size in sizes(hubspot)) <= 11


def test_lists_of_one_kind_have_their_size_in_common() -> None:
    def answer(request: Request) -> Any:
        if int(request.one("limit") or 0) > 100:
            return Answer({"status": "error", "message": "no"}, 400)
        return {"results": [{"recordId": 1}]}

    hubspot = CannedHubSpot(answer)
    client = hubspot.client(limiter=NoWaiting())
    for list_id in "123":
        assert len(list(lists.memberships(client.metered(), list_id))) == 1

    assert sizes(hubspot) == [250, 100, 100, 100]


def test_an_outage_is_waited_out_and_large_pages_come_back() -> None:
    calls = iter(range(1000))

    def answer(request: Request) -> Any:
        return FAULTS["502 web page"] if 1 <= next(calls) < 25 else listed(by_id)(request)

    found, hubspot = through("users", answer)

    assert found == IDS
    assert sizes(hubspot)[-1] == 100


def test_where_hubspot_says_when_to_come_back_the_size_is_not_the_reason() -> None:
    waits: list[float] = []
    answers = iter([Answer(b"", 503, {"Retry-After": "9"})] * 5)
    hubspot = CannedHubSpot(lambda request: next(answers, None) or listed(by_id)(request))

    found = list(users.read(hubspot.client(limiter=NoWaiting(), sleep=waits.append)))

    assert len(found) == COUNT
    assert waits == [9.0] * 5
    assert set(sizes(hubspot)) == {100}


def test_no_connection_at_all_is_no_matter_of_size() -> None:
    hubspot = CannedHubSpot(lambda request: Answer(broken=requests.exceptions.ConnectionError("refused")))

    with pytest.raises(errors.Unreachable):
        list(users.read(hubspot.client(limiter=NoWaiting())))

    assert set(sizes(hubspot)) == {100}


def test_a_400_behind_the_first_page_is_not_probed() -> None:
    def answer(request: Request) -> Any:
        return Answer({"message": "Invalid cursor"}, 400) if request.one("after") else listed(by_id)(request)

    hubspot = CannedHubSpot(answer)
    with pytest.raises(errors.BadRequest, match="Invalid cursor"):
        list(users.read(hubspot.client(limiter=NoWaiting())))

    assert len(hubspot.seen) == 2


def test_items_are_answered_in_their_order_whatever_the_sizes() -> None:
    def call(some: Any, tries: int | None) -> list[int]:
        if len(some) > 3 and 17 in some:
            raise errors.Temporary("too much", method="POST", path="/x", status=504)
        return list(some)

    parts = list(PageSize(20).in_parts(range(100), call, str))

    assert [one for part in parts for one in part] == list(range(100))
    assert max(map(len, parts)) == 20


@pytest.mark.parametrize(
    ("refused", "most_calls"),
    [
        ([], 5),
        ([0], 12),
        ([137], 20),
        ([499], 20),
        ([0, 1, 250, 251, 499], 60),
        ([*range(500)], 510),
    ],
    ids=str,
)
def test_items_that_are_refused_by_themselves_are_told_and_cost_no_other(refused: list[int], most_calls: int) -> None:
    calls: list[int] = []
    told: list[int] = []

    def call(some: Any, tries: int | None) -> list[int]:
        calls.append(len(some))
        if set(some) & set(refused):
            raise errors.BadRequest("bad item", method="POST", path="/x", status=400)
        return list(some)

    def on_refused(item: int, error: errors.BadRequest) -> None:
        told.append(item)

    parts = list(PageSize(100).in_parts(range(500), call, str, on_refused))

    assert [one for part in parts for one in part] == [n for n in range(500) if n not in refused]
    assert told == refused
    assert len(calls) <= most_calls


def test_a_size_that_is_refused_is_not_taken_for_the_items_fault() -> None:
    told: list[int] = []

    def call(some: Any, tries: int | None) -> list[int]:
        if len(some) > 20 or 7 in some:
            raise errors.BadRequest("no", method="POST", path="/x", status=400)
        return list(some)

    parts = list(PageSize(100).in_parts(range(300), call, str, lambda item, _: told.append(item)))

    assert [one for part in parts for one in part] == [n for n in range(300) if n != 7]
    assert told == [7]
    assert max(map(len, parts)) == 20
