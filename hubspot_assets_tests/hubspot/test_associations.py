"""Associations: every page of every record, each association once."""

from typing import Any

import pytest

from hubspot_assets.hubspot import associations, errors
from hubspot_assets.hubspot.associations import Association

from .canned import Answer, CannedHubSpot, Request, canned

PATH = "/crm/associations/2026-09/0-2/0-3/batch/read"


def end(to_id: Any, *kinds: tuple[str, int, str | None]) -> dict[str, Any]:
    kinds = kinds or (("HUBSPOT_DEFINED", 342, None),)
    return {
        "toObjectId": to_id,
        "associationTypes": [{"category": c, "typeId": t, "label": label} for c, t, label in kinds],
    }


def result(from_id: str, *ends: dict[str, Any], after: str | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {"from": {"id": from_id}, "to": list(ends)}
    if after is not None:
        row["paging"] = {"next": {"after": after}}
    return row


def answer(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"status": "COMPLETE", "results": list(results), **more}


class Company:
    """Companies with many deals, `page` of them in one answer."""

    def __init__(self, deals: dict[str, int], page: int = 100) -> None:
        self.deals = deals
        self.page = page

    def __call__(self, request: Request) -> Any:
        if len(request.body["inputs"]) > 1000:
            return Answer({"status": "error", "message": "too many inputs", "category": "VALIDATION_ERROR"}, 400)
        results = []
        for one in request.body["inputs"]:
            start, count = int(one.get("after", 0)), self.deals.get(one["id"], 0)
            stop = min(start + self.page, count)
            ends = [end(10_000 * int(one["id"]) + n) for n in range(start, stop)]
            if ends:
                results.append(result(one["id"], *ends, after=str(stop) if stop < count else None))
        return answer(*results)


def read(hubspot: CannedHubSpot, *ids: str) -> list[Association]:
    return list(associations.read(hubspot.client(), "0-2", "0-3", ids))


def test_every_page_of_a_record_is_read():
    hubspot = CannedHubSpot(Company({"1": 250, "2": 3, "3": 1762}))

    found = read(hubspot, "1", "2", "3", "4")

    assert len(found) == len(set(found)) == 250 + 3 + 1762
    assert [one.from_id for one in found] == ["1"] * 250 + ["2"] * 3 + ["3"] * 1762
    assert {request.path for request in hubspot.seen} == {PATH}
    assert hubspot.seen[1].body == {"inputs": [{"id": "1", "after": "100"}, {"id": "3", "after": "100"}]}


def test_a_thousand_records_are_asked_for_in_one_call():
    hubspot = CannedHubSpot(Company({str(n): 1 for n in range(1, 2501)}))

    found = read(hubspot, *(str(n) for n in range(1, 2501)))

    assert [one.from_id for one in found] == [str(n) for n in range(1, 2501)]
    assert sorted(len(request.body["inputs"]) for request in hubspot.seen) == [500, 1000, 1000]


def test_a_labelled_pair_has_a_row_for_each_of_its_types():
    kinds = (("HUBSPOT_DEFINED", 1, "Primary"), ("USER_DEFINED", 1, "Billing"), ("HUBSPOT_DEFINED", 279, None))

    assert read(canned(answer(result("7", end("9", *kinds)))), "7") == [
        Association("7", "9", "HUBSPOT_DEFINED", "1", "Primary"),
        Association("7", "9", "USER_DEFINED", "1", "Billing"),
        Association("7", "9", "HUBSPOT_DEFINED", "279", None),
    ]


def test_ids_are_text_whether_hubspot_sends_text_or_numbers():
    assert read(canned(answer(result("7", end(9), end("10")))), "7") == [
        Association("7", "9", "HUBSPOT_DEFINED", "342", None),
        Association("7", "10", "HUBSPOT_DEFINED", "342", None),
    ]


def test_an_association_that_comes_twice_is_one():
    hubspot = canned(
        answer(result("7", end(9), end(9), after="a"), result("7", end(9))), answer(result("7", end(9), end(10)))
    )

    assert [one.to_id for one in read(hubspot, "7")] == ["9", "10"]


@pytest.mark.parametrize("status", [200, 207])
def test_records_listed_as_having_none_have_none(status: int):
    none = [
        {
            "category": "OBJECT_NOT_FOUND",
            "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
            "context": {"fromObjectId": ["8"]},
        }
    ]

    found = read(canned(Answer(answer(result("7", end(9)), numErrors=1, errors=none), status)), "7", "8")

    assert [one.from_id for one in found] == ["7"]


def test_a_part_that_failed_is_asked_for_again():
    failed = answer(numErrors=1, errors=[{"category": "INTERNAL_ERROR", "message": "no"}])

    assert len(read(canned(Answer(failed, 207), answer(result("7", end(9)))), "7")) == 1
    with pytest.raises(errors.MalformedAnswer, match="INTERNAL_ERROR"):
        read(canned(Answer(failed, 207)), "7")


def test_a_cursor_that_repeats_is_an_error_and_no_endless_loop():
    with pytest.raises(errors.MalformedAnswer, match="a second time"):
        read(canned(answer(result("7", end(9), after="a"))), "7")


@pytest.mark.parametrize(
    "wrong",
    [
        {"results": None},
        {"results": [None]},
        answer({"from": None, "to": []}),
        answer({"from": {"id": "7"}, "to": None}),
        answer({"from": {"id": "7"}}),
        answer({"from": {}, "to": []}),
        answer(result("7", {"toObjectId": None, "associationTypes": []})),
        answer(result("7", {"toObjectId": 9})),
        answer(result("7", {"toObjectId": 9, "associationTypes": []})),
        answer(result("7", {"toObjectId": 9, "associationTypes": [{"typeId": 1}]})),
        answer(result("7", {"toObjectId": 9, "associationTypes": [{"category": "USER_DEFINED"}]})),
        answer({**result("7", end(9)), "paging": {"next": {}}}),
    ],
)
def test_an_answer_of_the_wrong_shape_is_asked_for_again_and_then_an_error(wrong: Any):
    assert len(read(canned(wrong, answer(result("7", end(9)))), "7")) == 1
    with pytest.raises(errors.MalformedAnswer):
        read(canned(wrong), "7")


def test_without_records_nothing_is_asked():
    hubspot = canned({})

    assert read(hubspot) == []
    assert hubspot.seen == []


def test_a_name_that_could_be_of_two_types_is_nobodys():
    rows = [
        {"id": "1", "name": "contact_to_company"},
        {"id": "1", "name": "billing"},
        {"id": 279, "name": "unlabelled"},
    ]

    assert associations.types(canned({"results": rows}).client(), "0-1", "0-2") == {"279": "unlabelled"}


def test_names_that_are_not_told_are_none():
    assert associations.types(canned(Answer({"message": "no"}, 404)).client(), "0-1", "0-2") == {}


@pytest.mark.parametrize("lacking", ["id", "name"])
def test_a_type_without_id_or_name_is_asked_for_again_and_believed_when_it_stays(lacking: str):
    whole = [{"id": "279", "name": "unlabelled"}, {"id": "1", "name": "primary"}]
    spoiled = [{key: value for key, value in whole[0].items() if key != lacking}, whole[1]]

    once = canned({"results": spoiled}, {"results": whole})
    assert associations.types(once.client(), "0-1", "0-2") == {"279": "unlabelled", "1": "primary"}
    always = canned(*[{"results": spoiled}] * 3)
    assert associations.types(always.client(), "0-1", "0-2") == {"1": "primary"}
