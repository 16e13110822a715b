"""Submissions: newest first, by a cursor that may be an offset, while others come and go: none twice, none lost."""

import random
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from hubspot_assets.hubspot import forms
from hubspot_assets.hubspot.children import logged

from .canned import CannedHubSpot, Request
from .hostile import NoWaiting


def submission(number: int, *, with_id: bool, alike: int | None = None) -> dict[str, Any]:
    """The `number`th; without an id it may be alike another one to the letter."""
    told = number if alike is None else alike
    row = {"submittedAt": 1_790_000_000_000 + told, "values": [{"name": "email", "value": f"{told}@x"}], "pageUrl": "u"}
    return {"conversionId": f"c{number}", **row} if with_id else row


class Form:
    """A form whose cursor is an offset into its submissions; `before` each page some may come or go."""

    def __init__(self, rows: list[dict[str, Any]], before: Callable[["Form", int], None] | None = None) -> None:
        self.rows = rows
        self._before = before or (lambda form, page: None)
        self._pages = 0
        self.keyset = False

    def __call__(self, request: Request) -> Any:
        self._before(self, self._pages)
        self._pages += 1
        start, limit = 0, int(request.one("limit") or 0)
        if request.one("after") is not None:
            place = int(b64decode(request.one("after") or ""))
            start = len(self.rows) - place if self.keyset else place
        more = start + limit < len(self.rows)
        place = len(self.rows) - start - limit if self.keyset else start + limit
        paging = {"paging": {"next": {"after": b64encode(f"{place:06d}".encode()).decode(), "link": "x"}}}
        return {"results": self.rows[start : start + limit], **(paging if more else {})}


def read(form: Form) -> tuple[list[dict[str, Any]], CannedHubSpot]:
    hubspot = CannedHubSpot(form)
    found = list(forms.submissions(hubspot.client(limiter=NoWaiting()), "f"))
    return found, hubspot


def counted(rows: list[dict[str, Any]]) -> Counter[str]:
    return Counter(str(sorted(row.items(), key=str)) for row in rows)


def newest_first(count: int, *, with_id: bool) -> list[dict[str, Any]]:
    return [submission(number, with_id=with_id) for number in reversed(range(count))]


@pytest.mark.parametrize("with_id", [True, False])
@pytest.mark.parametrize("arriving", [1, 7, 50, 73])
@pytest.mark.parametrize("at", [1, 2])
def test_arrivals_that_shift_the_others_make_no_submission_two(with_id: bool, arriving: int, at: int) -> None:
    def arrive(form: Form, page: int) -> None:
        if page == at:
            form.rows[:0] = [submission(1000 + n, with_id=with_id) for n in reversed(range(arriving))]

    rows = newest_first(170, with_id=with_id)
    before = counted(rows)
    found, _ = read(Form(rows, arrive))

    assert max(counted(found).values()) == 1
    assert before.keys() <= counted(found).keys() <= counted(rows).keys()


def test_a_form_into_which_submissions_pour_is_read_once_each() -> None:
    chance = random.Random(4)

    def arrive(form: Form, page: int) -> None:
        first = len(form.rows)
        count = chance.randrange(9)
        form.rows[:0] = [submission(first + n, with_id=bool((first + n) % 3)) for n in reversed(range(count))]

    rows = [submission(number, with_id=bool(number % 3)) for number in reversed(range(1000))]
    before = counted(rows)
    found, _ = read(Form(rows, arrive))

    assert max(counted(found).values()) == 1
    assert before.keys() <= counted(found).keys()


@pytest.mark.parametrize("keyset", [True, False])
@pytest.mark.parametrize("place", [3, 48, 49, 50, 51, 98, 99, 100])
@pytest.mark.parametrize("times", [2, 3])
def test_submissions_that_are_alike_are_as_many_as_there_are_also_over_a_seam(
    keyset: bool, place: int, times: int
) -> None:
    rows = newest_first(151, with_id=False)
    for n in range(1, times):
        rows[place + n] = rows[place]
    form = Form(rows)
    form.keyset = keyset

    found, hubspot = read(form)

    assert counted(found) == counted(rows)
    # Four pages, whether the newest are still there, and a look at the newest where two are alike over a seam.
    assert len(hubspot.seen) <= 6


def test_alike_submissions_that_are_shifted_over_a_seam_are_no_more_than_there_are() -> None:
    rows = newest_first(151, with_id=False)
    rows[20] = rows[21] = rows[22]
    before = counted(rows)

    def arrive(form: Form, page: int) -> None:
        if page == 1:
            form.rows[:0] = [submission(1000 + n, with_id=False) for n in reversed(range(30))]

    found, _ = read(Form(rows, arrive))

    assert all(counted(found)[key] == times for key, times in before.items())


@pytest.mark.parametrize("with_id", [True, False])
@pytest.mark.parametrize("gone", [[0], [10, 30], list(range(40, 50))])
def test_submissions_that_are_deleted_meanwhile_hide_no_others(with_id: bool, gone: list[int]) -> None:
    def delete(form: Form, page: int) -> None:
        if page == 1:
            form.rows = [row for n, row in enumerate(form.rows) if n not in gone]

    rows = newest_first(180, with_id=with_id)
    form = Form(list(rows), delete)
    found, _ = read(form)

    assert counted(form.rows).keys() <= counted(found).keys() <= counted(rows).keys()
    assert max(counted(found).values()) == 1


def test_submissions_that_come_and_go_at_once_hide_no_others() -> None:
    def change(form: Form, page: int) -> None:
        if page == 1:
            form.rows = [*(submission(1000 + n, with_id=True) for n in range(4)), *form.rows[6:]]

    form = Form(newest_first(180, with_id=True), change)
    found, _ = read(form)

    assert {f"c{n}" for n in range(174)} <= {row["conversionId"] for row in found}
    assert len({row["conversionId"] for row in found}) == len(found)


def test_a_form_that_never_rests_is_not_read_without_end() -> None:
    def delete(form: Form, page: int) -> None:
        form.rows = form.rows[1:]

    _, hubspot = read(Form(newest_first(400, with_id=True), delete))

    assert len(hubspot.seen) < 40


def test_a_form_of_one_page_is_one_call_and_larger_ones_one_more_than_pages() -> None:
    assert len(read(Form(newest_first(49, with_id=True)))[1].seen) == 1
    assert len(read(Form(newest_first(51, with_id=True)))[1].seen) == 3
    assert len(read(Form(newest_first(499, with_id=False)))[1].seen) == 11


def test_the_submissions_of_several_forms_are_as_those_of_each() -> None:
    rows = {"a": newest_first(120, with_id=False), "b": newest_first(30, with_id=False)}

    def answer(request: Request) -> Any:
        return Form(rows[request.path.rpartition("/")[2]])(request)

    found: dict[str, list[dict[str, Any]]] = {"a": [], "b": []}
    for form_id, page in forms.submissions_of(CannedHubSpot(answer).client(), ["a", "b"], logged):
        found[form_id] += page

    assert found == rows


def test_conversion_ids_may_be_numbers() -> None:
    rows = [{"conversionId": number, "submittedAt": 1} for number in range(60)]

    assert len(read(Form(rows))[0]) == 60
