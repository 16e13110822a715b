"""Following a list to its end, and never in a circle."""

from typing import Any

import pytest

from hubspot_assets.hubspot import errors
from hubspot_assets.hubspot.http.paging import pages, rows

from .canned import Answer, CannedHubSpot, canned

PATH = "/marketing/emails/2026-09"


def page(ids: range, after: str | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"results": [{"id": str(one)} for one in ids]}
    if after:
        answer["paging"] = {"next": {"after": after, "link": "https://old.example/v1?after=wrong"}}
    return answer


def read(hubspot: CannedHubSpot, **options: Any) -> list[str]:
    return [row["id"] for row in rows(hubspot.client(), PATH, **({"limit": 5, "key": "id"} | options))]


def test_a_list_is_followed_by_its_cursor_and_not_by_its_link():
    hubspot = canned(page(range(5), "c1"), page(range(5, 10), "c2"), page(range(10, 12)))

    assert read(hubspot) == [str(n) for n in range(12)]
    assert [request.one("after") for request in hubspot.seen] == [None, "c1", "c2"]
    assert {request.one("limit") for request in hubspot.seen} == {"5"}


def test_a_cursor_may_be_a_number():
    hubspot = canned({"results": [{"id": 1}], "paging": {"next": {"after": 2}}}, {"results": [{"id": 2}]})

    assert len(read(hubspot)) == 2
    assert hubspot.seen[1].one("after") == "2"


def test_a_short_or_empty_page_with_a_cursor_is_not_the_end():
    hubspot = CannedHubSpot(
        lambda request: {
            None: page(range(2), "a"),
            "a": page(range(0), "b"),
            "b": page(range(2, 3)),
        }[request.one("after")]
    )

    assert read(hubspot) == ["0", "1", "2"]


def test_a_cursor_that_repeats_is_an_error():
    hubspot = canned(page(range(5), "a"), page(range(5, 10), "b"), page(range(10, 15), "a"))

    with pytest.raises(errors.MalformedAnswer, match="'a' a second time"):
        read(hubspot)


def test_empty_pages_without_end_are_an_error():
    hubspot = CannedHubSpot(lambda request: page(range(0), str(len(hubspot.seen))))

    with pytest.raises(errors.MalformedAnswer, match="empty pages"):
        read(hubspot)


def test_a_full_page_that_lost_its_paging_is_asked_for_again():
    assert read(canned(page(range(5)), page(range(5), "a"), page(range(5, 6)))) == list("012345")


def test_a_full_last_page_ends_the_list():
    assert read(canned(page(range(5)))) == list("01234")


def test_an_empty_list_is_one_call():
    hubspot = canned(page(range(0)))

    assert read(hubspot) == []
    assert len(hubspot.seen) == 1


def test_an_id_that_comes_twice_is_one_row():
    assert read(canned(page(range(3), "a"), page(range(2, 5)))) == list("01234")


def test_a_page_with_more_rows_than_asked_for_loses_none():
    assert read(canned(page(range(7), "a"), page(range(7, 8)))) == list("01234567")


def test_a_page_size_that_is_refused_is_replaced_by_the_smaller_one():
    refusal = Answer({"status": "error", "message": "limit must be at most 5"}, 400)
    hubspot = CannedHubSpot(lambda request: refusal if request.one("limit") == "500" else page(range(3)))

    assert read(hubspot, limit=500, smaller_limit=5) == list("012")
    assert [request.one("limit") for request in hubspot.seen] == ["500", "5"]


def test_a_refusal_of_the_smaller_page_size_is_an_error():
    refusal = Answer({"status": "error", "message": "something else is wrong"}, 400)

    with pytest.raises(errors.BadRequest, match="something else"):
        read(canned(refusal), limit=500, smaller_limit=5)


@pytest.mark.parametrize(
    "wrong", [{}, {"results": None}, {"results": [1]}, {"results": [{}]}, {"results": [{"id": []}]}]
)
def test_a_page_of_the_wrong_shape_is_asked_for_again_and_then_an_error(wrong: Any):
    assert read(canned(wrong, page(range(1)))) == ["0"]
    with pytest.raises(errors.MalformedAnswer):
        read(canned(wrong))


def test_rows_may_be_looked_at_one_by_one():
    check = lambda row: None if int(row["id"]) < 3 else f"row {row['id']}"  # noqa: E731

    with pytest.raises(errors.MalformedAnswer, match="row 3"):
        list(pages(canned(page(range(4))).client(), PATH, limit=5, check_row=check))


def test_a_list_that_begins_with_its_last_page_is_followed_backwards():
    answers = {
        None: {"results": [{"id": "5"}, {"id": "4"}], "paging": {"prev": {"before": "m3"}}},
        "m3": {"results": [{"id": "3"}, {"id": "2"}], "paging": {"prev": {"before": "m1"}}},
        "m1": {"results": [{"id": "1"}]},
    }
    hubspot = CannedHubSpot(lambda request: answers[request.one("before")])

    found = [row["id"] for page in pages(hubspot.client(), PATH, limit=2, either_way=True) for row in page]

    assert found == list("54321")


def test_a_page_size_that_was_refused_once_is_not_tried_again():
    refusal = Answer({"status": "error", "message": "limit must be at most 5"}, 400)
    hubspot = CannedHubSpot(lambda request: refusal if request.one("limit") == "500" else page(range(3)))
    client = hubspot.client()

    for _ in range(2):
        assert len(list(rows(client.metered(), PATH, limit=500, smaller_limit=5))) == 3

    assert [request.one("limit") for request in hubspot.seen] == ["500", "5", "5"]
