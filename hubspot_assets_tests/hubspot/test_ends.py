"""Where a list ends: what looks like its end and is none is looked at once more, by a count or a further call."""

from typing import Any

import pytest

from hubspot_assets.hubspot import associations, cms, errors, lists, objects, users
from hubspot_assets.hubspot.children import logged
from hubspot_assets.hubspot.http.paging import pages

from .canned import Answer, CannedHubSpot, Request, Table, canned
from .hostile import NoWaiting

EMPTY: dict[str, Any] = {"results": []}


def table(*ids: int) -> Table:
    return Table([{"id": one, "properties": {"email": f"{one}@x"}} for one in ids or range(1, 251)])


def records(hubspot: CannedHubSpot) -> list[int]:
    found = objects.pages(hubspot.client(limiter=NoWaiting()), "0-1", ["email"])
    return [int(record["id"]) for page in found for record in page.records]


# --- records: the cursor is an id, and a small call at the last one tells --------------------------------------------


@pytest.mark.parametrize("after", [None, "101", "201"])
@pytest.mark.parametrize("rows", [1, 30])
def test_a_short_page_that_lost_its_cursor_does_not_end_the_table(after: str | None, rows: int) -> None:
    whole = table()

    def lose(request: Request) -> Any:
        if request.one("after") != after or request.one("limit") != "100":
            return None
        first = int(after or 1)
        return {"results": [{"id": str(n), "properties": {"email": f"{n}@x"}} for n in range(first, first + rows)]}

    whole.before = lose
    hubspot = CannedHubSpot(whole)

    assert records(hubspot) == list(range(1, 251))
    # Behind the page that lost it, and at the end.
    assert sum(request.one("limit") == "2" for request in hubspot.seen) == 2


def test_the_end_costs_one_small_call_for_a_table_however_many_read_it() -> None:
    hubspot = CannedHubSpot(table(*range(1, 8001)))

    assert records(hubspot) == list(range(1, 8001))
    small = [request.one("after") for request in hubspot.seen if request.one("limit") == "2"]
    assert small == ["8000"]


def test_where_only_cursors_given_out_are_taken_a_short_page_is_the_end() -> None:
    whole = table(1, 2, 3)
    refusal = Answer({"status": "error", "message": "Invalid after"}, 400)
    whole.before = lambda request: refusal if request.one("after") else None
    hubspot = CannedHubSpot(whole)

    assert records(hubspot) == [1, 2, 3]
    assert len(hubspot.seen) == 2


def test_an_announced_record_that_is_there_cannot_be_an_empty_page() -> None:
    whole = table()
    whole.before = lambda request: EMPTY if request.one("after") == "201" else None
    hubspot = CannedHubSpot(whole)

    with pytest.raises(errors.MalformedAnswer, match="an empty page where rows were announced"):
        records(hubspot)

    assert len(hubspot.seen) == 2 + 3 + 1


def test_an_announced_record_that_was_deleted_with_all_behind_it_is_the_end() -> None:
    whole = table(*range(1, 202))

    def delete(request: Request) -> None:
        if request.one("after") == "201":
            whole.records.pop(201, None)

    whole.before = delete
    hubspot = CannedHubSpot(whole)

    assert records(hubspot) == list(range(1, 201))
    assert hubspot.seen[-1].body["inputs"] == [{"id": "201"}]


def test_an_announced_record_that_was_merged_into_another_is_the_end() -> None:
    whole = table(*range(1, 202))

    def merge(request: Request) -> Any:
        if request.one("after") == "201":
            whole.records.pop(201, None)
        return {"results": [{"id": "7", "properties": {}}]} if request.method == "POST" else None

    whole.before = merge

    assert records(CannedHubSpot(whole)) == list(range(1, 201))


@pytest.mark.parametrize("word", [EMPTY, {**EMPTY, "errors": []}])
def test_no_word_of_an_announced_record_is_no_word_that_it_is_gone(word: Any) -> None:
    whole = table()
    whole.before = lambda request: word if request.method == "POST" else EMPTY if request.one("after") else None

    with pytest.raises(errors.MalformedAnswer, match="were announced"):
        records(CannedHubSpot(whole))


def test_ranges_that_end_before_an_announced_record_are_read_on_by_one_cursor() -> None:
    """From some moment on, cursors that HubSpot did not give out find nothing behind the thousandth record."""
    whole = table(*range(7, 7 + 50 * 3000, 50))
    given: set[str] = set()

    def answer(request: Request) -> Any:
        after = request.one("after")
        if request.method == "GET" and after is not None and int(after) > 50_000 and after not in given:
            return EMPTY
        found = whole(request)
        given.update([found["paging"]["next"]["after"]] if found.get("paging") else [])
        return found

    assert records(CannedHubSpot(answer)) == list(range(7, 7 + 50 * 3000, 50))


# --- other lists: an announced page has to be there, and a count is a reason to ask again ----------------------------


def page(first: int, last: int, after: str | None = None, **more: Any) -> dict[str, Any]:
    rows = [{"id": str(n), "recordId": n} for n in range(first, last)]
    return {"results": rows, **({"paging": {"next": {"after": after}}} if after else {}), **more}


def test_an_announced_page_that_stays_empty_is_an_error_after_three_tellings() -> None:
    hubspot = CannedHubSpot(lambda request: EMPTY if request.one("after") else page(0, 100, "c"))

    with pytest.raises(errors.MalformedAnswer, match="an empty page where rows were announced"):
        list(users.read(hubspot.client()))

    assert len(hubspot.seen) == 4


def test_an_announced_page_that_is_empty_because_hubspot_counts_no_more_is_the_end() -> None:
    hubspot = CannedHubSpot(
        lambda request: {**EMPTY, "total": 100} if request.one("after") else page(0, 100, "c", total=101)
    )

    assert len(list(cms.blog_posts(hubspot.client()))) == 100


def test_an_end_before_as_many_rows_as_hubspot_counts_is_asked_for_again() -> None:
    hubspot = canned(page(0, 60, total=160), page(0, 100, "c", total=160), page(100, 160, total=160))

    assert len(list(lists.memberships(hubspot.client(), "7"))) == 160
    assert len(hubspot.seen) == 3


def test_a_count_that_lags_fails_no_list_and_is_told() -> None:
    hubspot = canned(page(0, 60, total=160))
    told: list[tuple[str, int]] = []

    found = lists.memberships_of(hubspot.client(), ["7"], logged, left_out=lambda *of: told.append(of))

    assert len(list(found)) == 60
    assert told == [(lists.COUNTED_ONLY, 100)]
    assert len(hubspot.seen) == 2


@pytest.mark.parametrize("total", [0, 59, 60, None, "160", True])
def test_a_count_that_is_none_or_not_more_is_no_reason_to_ask_again(total: Any) -> None:
    hubspot = canned(page(0, 60, total=total))

    assert len(list(lists.memberships(hubspot.client(), "7"))) == 60
    assert len(hubspot.seen) == 1


def test_a_full_page_of_one_row_without_paging_is_looked_at_as_any_other() -> None:
    def answer(request: Request) -> Any:
        return page(0, 2) if request.one("limit") == "2" else page(0, 1)

    hubspot = CannedHubSpot(answer)
    with pytest.raises(errors.MalformedAnswer, match="full pages without 'paging'"):
        list(pages(hubspot.client(), "/x/2026-09", limit=1))

    assert [len(one) for one in pages(canned(page(0, 1)).client(), "/x/2026-09", limit=1)] == [1]


# --- lists are searched by offset ------------------------------------------------------------------------------------


def search(*ids: int, **more: Any) -> dict[str, Any]:
    return {"lists": [{"listId": one} for one in ids], "hasMore": False, **more}


def test_lists_that_are_counted_and_not_said_to_follow_are_asked_for() -> None:
    everything = list(range(1, 8))

    def answer(request: Request) -> Any:
        start = request.body["offset"]
        return search(*everything[start : start + 3], total=7)

    assert [one["listId"] for one in lists.read(CannedHubSpot(answer).client())] == everything


def test_a_count_of_lists_that_lags_costs_one_call() -> None:
    everything = [1, 2, 3]
    hubspot = CannedHubSpot(lambda request: search(*everything[request.body["offset"] :], total=9))

    assert [one["listId"] for one in lists.read(hubspot.client())] == everything
    assert len(hubspot.seen) == 2


def test_no_list_where_some_are_counted_is_asked_for_again() -> None:
    hubspot = canned(search(total=2), search(1, 2, total=2))

    assert [one["listId"] for one in lists.read(hubspot.client())] == [1, 2]
    assert lists.read(canned(search(total=2)).client()) == []


# --- associations have a list for each record ------------------------------------------------------------------------


def test_announced_associations_that_do_not_come_are_an_error_that_names_the_record() -> None:
    end = {"toObjectId": 9, "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 1}]}

    def answer(request: Request) -> Any:
        if request.body["inputs"][0].get("after"):
            return {"status": "COMPLETE", "results": []}
        return {"results": [{"from": {"id": "7"}, "to": [end], "paging": {"next": {"after": "500"}}}]}

    hubspot = CannedHubSpot(answer)
    with pytest.raises(errors.MalformedAnswer, match="for record 7, an empty page where associations were announced"):
        list(associations.read(hubspot.client(), "0-1", "0-2", ["7"]))

    assert len(hubspot.seen) == 4
