"""Pages that HubSpot does not answer at full size, however often they are asked for: every reader asks for less.

Each reader meets a HubSpot where one row is too heavy to be answered among more than a few, or that refuses large pages
with 400. It reads every row once, and asks for large pages again behind the heavy place.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from hubspot_assets.hubspot import (
    HubSpotClient,
    associations,
    campaigns,
    cms,
    conversations,
    deal_splits,
    errors,
    events,
    forms,
    instants,
    lists,
    marketing_emails,
    media_bridge,
    objects,
    owners,
    sequences,
    teams,
    users,
)
from hubspot_assets.hubspot.children import logged
from hubspot_assets.hubspot.page_size import PageSize
from hubspot_assets.hubspot.versions import path

from .canned import Answer, CannedHubSpot, Request, Table
from .hostile import NoWaiting

COUNT = 620
HEAVY = 137
"""The row that is heavy, by its number."""

Answers = Callable[[Request], Any]
DAY = datetime(2026, 11, 20, tzinfo=timezone.utc)


def listed(row: Callable[[int], dict[str, Any]], first: str | None = None) -> Answers:
    """A list of `COUNT` rows whose cursor is an offset; only of the path that begins with `first`, if given."""

    def answer(request: Request) -> Any:
        if first is not None and not request.path.startswith(first):
            return {"results": []}
        start, limit = _wanted(request)
        more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < COUNT else {}
        return {"results": [row(number) for number in range(start, min(start + limit, COUNT))], **more}

    return answer


def _wanted(request: Request) -> tuple[int, int]:
    """The first row that is asked for, and how many: of a list, a search, a batch."""
    if request.method == "GET":
        return int(request.one("after") or 0), int(request.one("limit") or 20)
    if "inputs" in request.body:
        return -1, len(request.body["inputs"])
    return request.body["offset"], request.body["count"]


def by_id(number: int) -> dict[str, Any]:
    return {"id": str(number)}


IDS = [str(number) for number in range(COUNT)]


def table() -> Answers:
    history = {"email": [{"value": "v", "timestamp": "2026-01-01T00:00:00Z"}]}
    names = [f"a_property_with_a_long_name_{n}" for n in range(600)]
    values = {"email": "v", **dict.fromkeys(names, "x")}
    return Table([{"id": number, "properties": values, "history": history} for number in range(COUNT)])


def backwards(request: Request) -> Any:
    """A list that begins with its last page."""
    stop, limit = int(request.one("before") or COUNT), int(request.one("limit") or 100)
    start = max(0, stop - limit)
    more = {"paging": {"prev": {"before": str(start)}}} if start else {}
    return {"results": [{"recordId": number} for number in range(start, stop)], "total": COUNT, **more}


def searched(request: Request) -> Any:
    start, count = _wanted(request)
    some = [{"listId": str(number)} for number in range(start, min(start + count, COUNT))]
    return {"lists": some, "hasMore": start + count < COUNT, "offset": start + len(some), "total": COUNT}


def linked(request: Request) -> Any:
    kind = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]
    rows = [
        {"from": {"id": one["id"]}, "to": [{"toObjectId": one["id"], "associationTypes": kind}]}
        for one in request.body["inputs"]
    ]
    return {"status": "COMPLETE", "results": rows}


def split(request: Request) -> Any:
    return {"results": [{"id": one["id"], "splits": [{"id": "s"}]} for one in request.body["inputs"]]}


def occurred(request: Request) -> Any:
    """Events, a second apart, of the window that is asked for."""
    after, before = (instants.parse(request.one(name) or "") for name in ("occurredAfter", "occurredBefore"))
    times = [(number, DAY + timedelta(seconds=number)) for number in range(COUNT)]
    found = [{"id": str(number), "occurredAt": instants.text(at)} for number, at in times if after <= at <= before]
    start, limit = _wanted(request)
    more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(found) else {}
    return {"results": found[start : start + limit], **more}


def records(client: HubSpotClient, *, names: int = 0, with_history: bool = False) -> Iterable[Any]:
    asked = ["email", *(f"a_property_with_a_long_name_{n}" for n in range(names))]
    pages = objects.pages(client, "0-49", asked, with_history=with_history)
    return (record["id"] for page in pages for record in page.records if len(record["properties"]) == 1 + names)


def chosen(client: HubSpotClient, *, with_history: bool = False) -> Iterable[Any]:
    pages = objects.batch_read(client, "0-49", IDS, ["email"], with_history=with_history)
    return (record["id"] for page in pages for record in page.records)


def ids_of(rows: Iterable[dict[str, Any]]) -> Iterable[str]:
    return (str(row["id"]) for row in rows)


@dataclass(frozen=True)
class Reader:
    """What reads `COUNT` rows, and a HubSpot that has them; `largest` is the size it begins with."""

    read: Callable[[HubSpotClient], Iterable[Any]]
    answers: Callable[[], Answers]
    largest: int


def reader(read: Callable[[HubSpotClient], Iterable[Any]], answers: Answers, largest: int = 100) -> Reader:
    return Reader(read, lambda: answers, largest)


READERS = {
    "records": Reader(records, table, 100),
    "records with history": Reader(lambda client: records(client, with_history=True), table, 50),
    "records in two pieces": Reader(lambda client: records(client, names=500), table, 100),
    "chosen records": Reader(chosen, table, 100),
    "chosen records with history": Reader(lambda client: chosen(client, with_history=True), table, 50),
    "associations": reader(
        lambda client: (one.from_id for one in associations.read(client, "0-1", "0-2", IDS)), linked, COUNT
    ),
    "deal splits": reader(lambda client: (deal for deal, _ in deal_splits.read(client, IDS)), split),
    "lists": reader(lambda client: (one["listId"] for one in lists.read(client)), searched, 500),
    "memberships": reader(
        lambda client: (one.record_id for one in lists.memberships_of(client, ["7"], logged)),
        listed(lambda number: {"recordId": number}),
        250,
    ),
    "memberships from the end": reader(
        lambda client: (one.record_id for one in lists.memberships(client, "7")), backwards, 250
    ),
    "forms": reader(lambda client: ids_of(forms.read(client)), listed(by_id), 500),
    "submissions": reader(
        lambda client: (row["pageUrl"] for _, page in forms.submissions_of(client, ["f"], logged) for row in page),
        listed(lambda number: {"pageUrl": str(number)}),
        50,
    ),
    "submissions with ids": reader(
        lambda client: (row["conversionId"] for row in forms.submissions(client, "f")),
        listed(lambda number: {"conversionId": str(number)}),
        50,
    ),
    "owners": reader(
        lambda client: ids_of(owners.read(client)),
        lambda request: {"results": []} if request.one("archived") == "true" else listed(by_id)(request),
        500,
    ),
    "users": reader(lambda client: ids_of(users.read(client)), listed(by_id)),
    "events": reader(
        lambda client: ids_of(
            event for page in events.occurrences(client, "e", DAY, DAY + timedelta(days=1)) for event in page
        ),
        occurred,
        1000,
    ),
    "event definitions": reader(lambda client: ids_of(events.definitions(client)), listed(by_id)),
    "campaigns": reader(lambda client: ids_of(campaigns.read(client, ["hs_name"])), listed(by_id)),
    "landing pages": reader(lambda client: ids_of(cms.landing_pages(client)), listed(by_id)),
    "site pages": reader(lambda client: ids_of(cms.site_pages(client)), listed(by_id)),
    "blog posts": reader(lambda client: ids_of(cms.blog_posts(client)), listed(by_id)),
    "threads": reader(lambda client: ids_of(conversations.threads(client)), listed(by_id), 500),
    "marketing emails": reader(lambda client: ids_of(marketing_emails.read(client)), listed(by_id), 300),
    "media": reader(
        lambda client: ids_of(media_bridge.read(client)),
        listed(by_id, path("media_bridge_objects", kind="IMAGE")),
    ),
    "sequences": reader(lambda client: ids_of(sequences.read(client, ["1"], logged)), listed(by_id)),
    "parents of teams": reader(
        lambda client: (team["parentTeamId"] for team in teams.read(client)),
        lambda request: (
            {"results": [by_id(number) for number in range(COUNT)]}
            if request.path == path("settings_teams")
            else listed(lambda number: {**by_id(number), "parentTeamId": number})(request)
        ),
    ),
}

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
        start, count = _wanted(request)
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
    return [_wanted(request)[1] for request in hubspot.seen]


@pytest.mark.parametrize("largest", [40, 7, 2])
@pytest.mark.parametrize("kind", READERS)
def test_a_heavy_row_costs_no_row(kind: str, largest: int) -> None:
    found, hubspot = through(kind, heavy(READERS[kind].answers(), largest, FAULTS["502 web page"]))

    assert found == IDS or sorted(found, key=int) == IDS
    assert len(hubspot.seen) < 200


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("kind", ["records", "chosen records", "associations", "users", "lists", "memberships"])
def test_whatever_a_page_that_is_too_heavy_looks_like(kind: str, fault: Answer) -> None:
    found, _ = through(kind, heavy(READERS[kind].answers(), 12, fault))

    assert sorted(found, key=int) == IDS


@pytest.mark.parametrize("kind", READERS)
def test_a_size_that_is_refused_in_whatever_words_is_not_asked_for_again(kind: str) -> None:
    good, allowed = READERS[kind].answers(), READERS[kind].largest // 4

    def answer(request: Request) -> Any:
        too_many = _wanted(request)[1] > allowed
        return Answer({"status": "error", "message": "Ungültige Eingabe"}, 400) if too_many else good(request)

    found, hubspot = through(kind, answer)

    assert sorted(found, key=int) == IDS
    refused = [size for size in sizes(hubspot) if size > allowed]
    assert len(refused) <= 6 or READERS[kind].largest == COUNT


@pytest.mark.parametrize("kind", READERS.keys() - {"memberships", "submissions"})
def test_a_400_that_has_nothing_to_do_with_the_size_is_told_after_few_calls(kind: str) -> None:
    hubspot = CannedHubSpot(lambda request: Answer({"status": "error", "message": "bad portal"}, 400))

    with pytest.raises(errors.BadRequest, match="bad portal"):
        list(READERS[kind].read(hubspot.client(limiter=NoWaiting())))

    at_once = 16 if kind in {"chosen records", "chosen records with history", "deal splits"} else 1
    assert len(hubspot.seen) <= 3 * at_once


def test_a_row_that_hubspot_does_not_give_even_alone_is_named_in_the_error() -> None:
    for kind, place in (
        ("records", "at the cursor '137'"),
        ("chosen records", "at record 137"),
        ("associations", "at record 137"),
        ("users", "at the cursor '137'"),
    ):
        answers = heavy(READERS[kind].answers(), 0, FAULTS["500"])
        with pytest.raises(errors.RetriesExhausted, match=f"internal error .tried 20 times.*no more than 1.*{place}"):
            through(kind, answers)


def test_behind_the_heavy_place_pages_are_large_again() -> None:
    _, hubspot = through("users", heavy(READERS["users"].answers(), 10, FAULTS["504 web page"]))

    asked = sizes(hubspot)
    assert asked[:7] == [100, 100, 100, 100, 50, 50, 20]
    assert asked[-2:] == [100, 100]


def test_a_list_of_heavy_rows_is_read_by_small_pages_without_trying_large_ones_at_each() -> None:
    def answer(request: Request) -> Any:
        return FAULTS["502 web page"] if _wanted(request)[1] > 20 else listed(by_id)(request)

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
