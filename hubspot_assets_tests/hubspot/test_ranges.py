"""One table read by several id ranges at once: always what one cursor would have given."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest

from hubspot_assets.hubspot import errors, objects
from hubspot_assets.hubspot.http.client import HubSpotClient
from hubspot_assets.hubspot.http.limiter import Limiter
from hubspot_assets.hubspot.record_pages import ranges
from hubspot_assets.hubspot.record_pages.listing import Listing
from hubspot_assets.hubspot.record_pages.records import Version

from .canned import Answer, CannedHubSpot, Request, Table


class Unlimited(Limiter):
    """Lets every call go, and finds many threads useful."""

    def acquire(self, budget: Any) -> float:
        return 0.0

    def useful_threads(self, budget: Any) -> int:
        return 8


def table_of(ids: list[int]) -> Table:
    return Table([{"id": one, "properties": {"email": f"{one}@x"}} for one in ids])


def client_of(hubspot: CannedHubSpot) -> HubSpotClient:
    return hubspot.client(limiter=Unlimited())


def read(table: Table) -> tuple[list[int], CannedHubSpot]:
    hubspot = CannedHubSpot(table)
    pages = objects.pages(client_of(hubspot), "0-1", ["email"])
    records = [record for page in pages for record in page.records]
    assert all(record["properties"] == {"email": f"{record['id']}@x"} for record in records)
    return [int(record["id"]) for record in records], hubspot


def even(count: int) -> list[int]:
    return list(range(7, 7 + 50 * count, 50))


def clusters(count: int) -> list[int]:
    chance = random.Random(3)
    ids, last = [], 0
    while len(ids) < count:
        last += chance.choice([10**3, 10**7, 10**10])
        for _ in range(chance.choice([1, 30, 400, 1200])):
            last += chance.choice([1, 1, 1, 3])
            ids.append(last)
    return ids


def by_turns(blocks: int) -> list[int]:
    """Dense and sparse blocks, so that ranges turn out fuller or emptier than their neighbours were."""
    chance = random.Random(0)
    ids, last = [], 0
    for _ in range(blocks):
        step = chance.choice([1, 1000])
        for _ in range(chance.choice([200, 800])):
            last += step
            ids.append(last)
    return ids


SPREADS: dict[str, list[int]] = {
    "every id": list(range(1, 5001)),
    "even": even(4321),
    "in clusters": clusters(6000),
    "dense, then sparse": [*range(1, 3001), *range(10**6, 10**9, 10**6)],
    "sparse, then dense": [*range(1, 5 * 10**8, 10**6), *range(10**9, 10**9 + 4000)],
    "one far away": [*range(1, 1001), 10**15],
    "dense and sparse by turns": by_turns(30),
    "few": even(450),
    "a full last page": even(1000),
}


@pytest.mark.parametrize("ids", SPREADS.values(), ids=SPREADS.keys())
def test_every_record_is_there_once_and_in_order_however_the_ids_are_spread(ids: list[int]):
    found, _ = read(table_of(ids))

    assert found == ids


@pytest.mark.parametrize("spread", ["in clusters", "every id", "few", "a full last page"])
def test_a_read_goes_on_at_the_end_of_any_page(spread: str):
    ids = SPREADS[spread]
    hubspot = CannedHubSpot(table_of(ids))
    pages = [page for page in objects.pages(client_of(hubspot), "0-1", ["email"]) if page.records]
    assert pages[-1].following is None
    known = 0
    for number, page in enumerate(pages):
        known += len(page.records)
        if page.following is None:
            assert known == len(ids)
        elif number % 7 == 0:
            start = objects.Start(page.following, page.records[-1]["id"])
            rest = objects.pages(client_of(hubspot), "0-1", ["email"], start=start)
            assert [int(one["id"]) for page in rest for one in page.records] == ids[known:]


def test_small_tables_do_not_pay_for_it():
    _, hubspot = read(table_of(even(399)))

    assert [request.one("limit") for request in hubspot.seen] == ["100"] * 4 + ["2"]


@pytest.mark.parametrize(("ids", "more"), [(even(30_000), 1.12), (clusters(30_000), 2)], ids=["even", "in clusters"])
def test_big_tables_cost_little_more_than_with_one_cursor(ids: list[int], more: float):
    _, hubspot = read(table_of(ids))

    assert len(hubspot.seen) < 300 * more


def test_calls_are_under_way_side_by_side():
    under_way, most = 0, 0
    lock = threading.Lock()
    table = table_of(even(5000))
    together = threading.Event()

    class Overlapping(CannedHubSpot):
        def send(self, request: Any, **options: Any) -> Any:
            nonlocal under_way, most
            with lock:
                under_way += 1
                most = max(most, under_way)
                if most > 1:
                    together.set()
            if len(self.seen) >= 20:
                together.wait(5)
            try:
                return super().send(request, **options)
            finally:
                with lock:
                    under_way -= 1

    hubspot = Overlapping(table)
    found = [int(one["id"]) for page in objects.pages(client_of(hubspot), "0-1", ["email"]) for one in page.records]

    assert found == even(5000)
    assert most > 1


def only_cursors_given_out(table: Table) -> Callable[[Request], Any]:
    given: set[str] = set()

    def answer(request: Request) -> Any:
        after = request.one("after")
        if after is not None and after not in given:
            return Answer({"status": "error", "message": "Invalid cursor", "category": "VALIDATION_ERROR"}, 400)
        answer = table(request)
        if "paging" in answer:
            given.add(answer["paging"]["next"]["after"])
        return answer

    return answer


def unknown_cursors_begin_anew(table: Table) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        if request.one("after") is not None and int(request.one("after") or 0) not in table.records:
            request.query.pop("after")
        return table(request)

    return answer


def unknown_cursors_end(table: Table) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        after = request.one("after")
        return {"results": []} if after is not None and int(after) not in table.records else table(request)

    return answer


def unknown_cursors_skip_a_record(table: Table) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        after = int(request.one("after") or 0)
        if after and after not in table.records:
            request.query["after"] = [str(min((one for one in table.records if one >= after), default=0) + 1)]
        return table(request)

    return answer


def cursors_that_are_no_ids(table: Table) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        if request.one("after") is not None:
            if not (request.one("after") or "").startswith("page-"):
                return Answer({"status": "error", "message": "Invalid cursor"}, 400)
            request.query["after"] = [(request.one("after") or "").removeprefix("page-")]
        answer = table(request)
        if "paging" in answer:
            answer["paging"]["next"]["after"] = "page-" + answer["paging"]["next"]["after"]
        return answer

    return answer


def cursors_that_are_the_last_id(table: Table) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        if request.one("after") is not None:
            request.query["after"] = [str(int(request.one("after") or 0) + 1)]
        answer = table(request)
        if "paging" in answer:
            answer["paging"]["next"]["after"] = answer["results"][-1]["id"]
        return answer

    return answer


@pytest.mark.parametrize(
    "rules",
    [
        only_cursors_given_out,
        unknown_cursors_begin_anew,
        unknown_cursors_end,
        unknown_cursors_skip_a_record,
        cursors_that_are_no_ids,
        cursors_that_are_the_last_id,
    ],
)
@pytest.mark.parametrize("ids", [even(2000), SPREADS["in clusters"]], ids=["even", "in clusters"])
def test_where_a_rule_does_not_hold_one_cursor_reads_on_and_nothing_is_lost(rules: Any, ids: list[int]):
    hubspot = CannedHubSpot(rules(table_of(ids)))

    pages = objects.pages(client_of(hubspot), "0-1", ["email"])

    assert [int(record["id"]) for page in pages for record in page.records] == ids


@pytest.mark.parametrize("seed", range(12))
def test_what_was_there_all_the_time_is_never_missing_while_records_come_and_go(seed: int):
    chance = random.Random(seed)
    ids = chance.choice([even(3000), clusters(3000), list(range(1, 3001))])
    table = table_of(ids)
    ever = set(ids)
    gone: set[int] = set()

    def disturb(request: Request) -> None:
        for _ in range(chance.randrange(4)):
            lost = chance.choice(ids)
            table.records.pop(lost, None)
            gone.add(lost)
            new = chance.choice([max(ids) + chance.randrange(1, 10_000), chance.randrange(1, max(ids))])
            if new not in ever:
                table.records[new] = {"id": new, "properties": {"email": f"{new}@x"}}
                ever.add(new)

    table.before = disturb
    found, _ = read(table)

    assert found == sorted(set(found))
    assert set(ids) - gone <= set(found) <= ever


@pytest.mark.parametrize("seed", range(6))
def test_answers_that_lose_their_cursor_or_their_records_do_not_make_the_table_short(seed: int):
    chance = random.Random(seed)
    ids = even(3000)
    table = table_of(ids)
    faulty: dict[str, int] = {}

    class Faulty(CannedHubSpot):
        def send(self, request: Any, **options: Any) -> Any:
            response = super().send(request, **options)
            url = request.url
            if faulty.setdefault(url, 0) < 1 and chance.random() < 0.2:
                faulty[url] += 1
                body = response.raw.read()
                spoiled = chance.choice([body[: len(body) // 2], b"{}", b'{"results":[null]}', b"<html>", b""])
                return self.build_response(request, _raw(spoiled))
            return response

    hubspot = Faulty(table)
    found = [int(one["id"]) for page in objects.pages(client_of(hubspot), "0-1", ["email"]) for one in page.records]

    assert found == ids


def _raw(content: bytes) -> Any:
    import io

    from urllib3 import HTTPResponse

    return HTTPResponse(io.BytesIO(content), status=200, preload_content=False)


def test_a_failure_ends_the_table_with_its_error_and_never_short():
    table = table_of(even(3000))

    def fail(request: Request) -> Any:
        if int(request.one("after") or 0) > 100_000:
            return Answer({"status": "error", "message": "no", "category": "INVALID_AUTHENTICATION"}, 401)
        return None

    table.before = fail
    found: list[int] = []

    def read_on() -> None:
        for page in objects.pages(client_of(CannedHubSpot(table)), "0-1", ["email"]):
            found.extend(int(record["id"]) for record in page.records)

    with pytest.raises(errors.Unauthorized):
        read_on()

    assert found == even(3000)[: len(found)]
    assert len(found) > 1000


@pytest.mark.parametrize("most_waiting", [1, 30_000, 200_000])
@pytest.mark.parametrize("ids", SPREADS.values(), ids=SPREADS.keys())
def test_the_lowest_range_is_read_even_when_too_much_waits_already(ids: list[int], most_waiting: int):
    client = client_of(CannedHubSpot(table_of(ids)))
    listing = Listing(client, "0-1", ["email"], with_history=False)

    pages = ranges.pages(listing, lambda page: page, most_waiting=most_waiting)

    assert [int(record["id"]) for page in pages for record in page.records] == ids


def test_a_reader_that_stops_early_leaves_no_threads_behind():
    def ours() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name.startswith("hubspot-range")]

    pages = objects.pages(client_of(CannedHubSpot(table_of(even(20_000)))), "0-1", ["email"])
    for _ in range(8):
        next(pages)
    pages.close()
    for thread in ours():
        thread.join(10)

    assert ours() == []


def test_history_is_read_by_ranges_too():
    ids = even(1500)
    version = {"value": "v", "timestamp": "2026-01-01T00:00:00Z", "sourceType": "API"}
    table = Table([{"id": one, "properties": {"email": "v"}, "history": {"email": [version]}} for one in ids])
    hubspot = CannedHubSpot(table)

    pages = list(objects.pages(client_of(hubspot), "0-1", ["email"], with_history=True))

    records = [record for page in pages for record in page.records]
    assert [int(record["id"]) for record in records] == ids
    told = {"email": [Version("v", "2026-01-01T00:00:00Z", "API")]}
    assert all(record["propertiesWithHistory"] == told for record in records)
