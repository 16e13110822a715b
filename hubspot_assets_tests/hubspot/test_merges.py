"""Records that are merged while they are read: HubSpot answers the survivor where the merged one was asked for.

The survivor comes out once, the merged one counts as gone, and nothing is asked for again because of it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from hubspot_assets.hubspot import associations, deal_splits, objects

from .canned import Answer, CannedHubSpot, Request, Table
from .hostile import NoWaiting

IDS = [str(number) for number in range(1, 131)]


def table() -> Table:
    history = {"email": [{"value": "v", "timestamp": "2026-01-01T00:00:00Z"}]}
    return Table(
        [{"id": number, "properties": {"email": f"{number}@x"}, "history": history} for number in range(1, 131)]
    )


class Merging:
    """A table whose batch read knows `lost` as `survivor`, once in each place, or only once at all."""

    def __init__(self, lost: dict[str, str], *, once: bool = False, tells: bool = False) -> None:
        self._table = table()
        self._lost = lost
        self._once = once
        for lost_id, survivor in lost.items():
            del self._table.records[int(lost_id)]
            if tells:
                values = self._table.records[int(survivor)]["properties"]
                values["hs_merged_object_ids"] = ";".join(
                    [*filter(None, [values.get("hs_merged_object_ids")]), lost_id]
                )

    def __call__(self, request: Request) -> Any:
        if request.method == "POST":
            inputs = [{"id": self._lost.get(one["id"], one["id"])} for one in request.body["inputs"]]
            if self._once:
                inputs = [{"id": one} for one in dict.fromkeys(one["id"] for one in inputs)]
            request.body["inputs"] = inputs
        return self._table(request)


def chosen(
    portal: Callable[[Request], Any], ids: list[str], *, with_history: bool
) -> tuple[list[str], int, CannedHubSpot]:
    hubspot = CannedHubSpot(portal)
    client = hubspot.client(limiter=NoWaiting())
    pages = list(objects.batch_read(client, "0-1", ids, ["email"], with_history=with_history))
    records = [record for page in pages for record in page.records]
    assert all(record["properties"] == {"email": f"{record['id']}@x"} for record in records)
    return [record["id"] for record in records], sum(page.left_out.get(objects.GONE, 0) for page in pages), hubspot


MERGES = {
    "the survivor is asked for beside it": ({"5": "6"}, IDS),
    "the survivor is asked for in another call": ({"5": "120"}, IDS),
    "the survivor is not asked for": ({"5": "120"}, IDS[:50]),
    "several into one": ({"5": "6", "7": "6", "110": "6"}, IDS),
    "one after the other": ({"5": "7", "6": "7", "8": "9"}, IDS),
    "alone": ({"5": "120"}, ["5"]),
}


@pytest.mark.parametrize("with_history", [True, False])
@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize(("lost", "asked"), MERGES.values(), ids=MERGES)
def test_the_survivor_comes_out_once_and_only_where_it_was_asked_for(
    lost: dict[str, str], asked: list[str], tells: bool, with_history: bool
) -> None:
    found, gone, hubspot = chosen(Merging(lost, tells=tells), asked, with_history=with_history)

    assert found == [one for one in asked if one not in lost]
    assert gone == len(set(lost) & set(asked))
    assert len(hubspot.seen) == -(-len(asked) // (50 if with_history else 100))


def test_a_survivor_that_is_answered_once_for_both_tells_by_its_own_word_who_is_missing() -> None:
    found, gone, hubspot = chosen(Merging({"5": "6", "7": "6"}, once=True, tells=True), IDS, with_history=True)

    assert found == [one for one in IDS if one not in {"5", "7"}]
    assert gone == 2
    assert len(hubspot.seen) == 3


def test_the_property_that_tells_it_is_passed_on_only_where_it_was_asked_for() -> None:
    portal = Merging({"5": "6"}, tells=True)
    client = CannedHubSpot(portal).client()

    (page,) = objects.batch_read(client, "0-1", ["6"], ["email"])
    (asked,) = objects.batch_read(client, "0-1", ["6"], ["email", "hs_merged_object_ids"])

    assert page.records[0]["properties"] == {"email": "6@x"}
    assert asked.records[0]["properties"] == {"email": "6@x", "hs_merged_object_ids": "5"}


@pytest.mark.parametrize("status", [200, 207])
def test_errors_that_name_some_do_not_excuse_others(status: int) -> None:
    answers = iter([{"id": "1", "properties": {}}])

    def answer(request: Request) -> Any:
        first = next(answers, None)
        results = [first] if first else [{"id": one["id"], "properties": {}} for one in request.body["inputs"][:2]]
        gone = [{"category": "OBJECT_NOT_FOUND", "context": {"ids": ["3"]}}]
        return Answer({"status": "COMPLETE", "results": results, "errors": gone, "numErrors": 1}, status)

    hubspot = CannedHubSpot(answer)
    (page,) = objects.batch_read(hubspot.client(), "0-1", ["1", "2", "3"], [])

    assert [one["id"] for one in page.records] == ["1", "2"]
    assert page.left_out == {objects.GONE: 1}
    assert len(hubspot.seen) == 2


NAMES = [f"a_property_with_a_long_name_{n}" for n in range(700)]


@pytest.mark.parametrize("survivor", ["2", "9"])
def test_a_record_merged_between_two_pieces_of_a_page(survivor: str) -> None:
    whole = Table([{"id": number, "properties": dict.fromkeys(NAMES, "v")} for number in range(1, 11)])

    def answer(request: Request) -> Any:
        if request.method == "POST":
            request.body["inputs"] = [
                {"id": survivor if one["id"] == "5" else one["id"]} for one in request.body["inputs"]
            ]
        elif NAMES[-1] in request.url:
            whole.records.pop(5, None)
        return whole(request)

    hubspot = CannedHubSpot(answer)
    pages = list(objects.pages(hubspot.client(), "0-1", NAMES))

    records = [record for page in pages for record in page.records]
    assert [record["id"] for record in records] == [str(number) for number in range(1, 11) if number != 5]
    assert all(set(record["properties"]) == set(NAMES) for record in records)
    assert len(hubspot.seen) <= 4


def test_a_table_read_side_by_side_while_records_are_merged_has_each_that_is_left() -> None:
    whole = Table([{"id": number, "properties": {}} for number in range(1, 3001)])

    def answer(request: Request) -> Any:
        number = len(hubspot.seen)
        if request.method == "GET":
            whole.records.pop(97 * number % 3000 + 1, None)
        return whole(request)

    hubspot = CannedHubSpot(answer)
    pages = objects.pages(hubspot.client(limiter=NoWaiting()), "0-1", [])
    found = [int(record["id"]) for page in pages for record in page.records]

    assert found == sorted(set(found))
    assert set(whole.records) <= set(found)


KIND = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]


class Links:
    """Companies with 25 deals each, ten of them in one answer; some were merged into others."""

    def __init__(self, lost: dict[str, str]) -> None:
        self._lost = lost

    def __call__(self, request: Request) -> Any:
        results = []
        for one in request.body["inputs"]:
            company, start = self._lost.get(one["id"], one["id"]), int(one.get("after", 0))
            ends = [{"toObjectId": 100 * int(company) + n, "associationTypes": KIND} for n in range(start, start + 10)]
            row: dict[str, Any] = {"from": {"id": company}, "to": ends[: 25 - start]}
            results.append(row | ({"paging": {"next": {"after": str(start + 10)}}} if start + 10 < 25 else {}))
        return {"status": "COMPLETE", "results": results}


@pytest.mark.parametrize(
    ("lost", "asked"),
    [({"5": "6"}, IDS[:9]), ({"6": "5"}, IDS[:9]), ({"5": "120"}, IDS[:9]), ({"4": "6", "5": "6"}, IDS[:9])],
    ids=["into the next", "into the one before", "into another", "two into one"],
)
def test_associations_of_a_survivor_are_read_once_and_by_its_own_id(lost: dict[str, str], asked: list[str]) -> None:
    hubspot = CannedHubSpot(Links(lost))

    found = list(associations.read(hubspot.client(), "0-2", "0-3", asked))

    left = [one for one in asked if one not in lost]
    assert [(one.from_id, one.to_id) for one in found] == [
        (company, str(100 * int(company) + n)) for company in left for n in range(25)
    ]
    assert len(hubspot.seen) == 3


def test_a_record_merged_between_two_pages_of_its_associations_is_not_waited_for() -> None:
    def answer(request: Request) -> Any:
        merged = {"5": "6"} if request.body["inputs"][0].get("after") else {}
        return Links(merged)(request)

    hubspot = CannedHubSpot(answer)
    found = list(associations.read(hubspot.client(), "0-2", "0-3", ["5", "6"]))

    assert [one.to_id for one in found if one.from_id == "6"] == [str(600 + n) for n in range(25)]
    assert [one.to_id for one in found if one.from_id == "5"] == [str(500 + n) for n in range(10)]
    assert len(hubspot.seen) == 3


def test_a_record_deleted_between_two_pages_of_its_associations_is_not_waited_for() -> None:
    gone = [{"category": "OBJECT_NOT_FOUND", "message": "gone", "context": {"ids": ["5"]}}]

    def answer(request: Request) -> Any:
        if request.body["inputs"][0].get("after"):
            return {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": gone}
        return Links({})(request)

    hubspot = CannedHubSpot(answer)

    assert len(list(associations.read(hubspot.client(), "0-2", "0-3", ["5"]))) == 10
    assert len(hubspot.seen) == 2


def test_splits_of_a_deal_that_was_merged_are_those_of_the_other() -> None:
    def answer(request: Request) -> Any:
        ids = ["6" if one["id"] == "5" else one["id"] for one in request.body["inputs"]]
        return {"results": [{"id": int(one), "splits": [{"id": f"s{one}"}]} for one in ids]}

    hubspot = CannedHubSpot(answer)
    found = list(deal_splits.read(hubspot.client(), ["4", "5", "6"]))

    assert found == [("4", [{"id": "s4"}]), ("6", [{"id": "s6"}])]
    assert len(hubspot.seen) == 1
