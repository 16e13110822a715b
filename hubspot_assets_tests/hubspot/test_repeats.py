"""Rows that a list tells more than once: each is in once, in its newest state, and a list still comes to its end."""

from typing import Any

import pytest

from hubspot_assets.hubspot import cms, errors, lists, objects, owners
from hubspot_assets.hubspot.http.limiter import Limiter

from .canned import CannedHubSpot, Request

EARLIER, LATER = "2026-11-20T10:00:00.000Z", "2026-11-20T10:00:07.000Z"


class Overlapping:
    """A list whose cursor names the last row of a page instead of the next one: each page tells that row again."""

    def __init__(self, count: int, *, overlap: int = 1, id_name: str = "id") -> None:
        self._ids = list(range(1, count + 1))
        self._overlap = overlap
        self._id_name = id_name
        self.asked = 0

    def __call__(self, request: Request) -> Any:
        if request.one("archived") == "true":
            return {"results": []}
        self.asked += 1
        start, limit = max(0, int(request.one("after") or 0) - self._overlap), int(request.one("limit") or 10)
        ids = self._ids[start : start + limit]
        # Whatever is told again is told in the state that it has by then.
        names = (request.one("properties") or "").split(",")
        found = [self._row(one, names) for one in ids]
        more = {"paging": {"next": {"after": str(ids[-1])}}} if ids and ids[-1] < self._ids[-1] else {}
        return {"results": found, **more}

    def _row(self, number: int, names: list[str]) -> dict[str, Any]:
        changed = f"2026-11-20T10:{self.asked // 60:02d}:{self.asked % 60:02d}.000Z"
        values = {name: str(self.asked) for name in names if name}
        return {self._id_name: str(number), "updatedAt": changed, "properties": values, "title": str(self.asked)}


def told(hubspot: CannedHubSpot) -> tuple[Any, list[str]]:
    notes: list[str] = []
    return hubspot.client().telling(notes.append), notes


@pytest.mark.parametrize("overlap", [1, 7])
@pytest.mark.parametrize("count", [150, 320, 3000])
def test_a_record_on_two_pages_is_read_once(count: int, overlap: int):
    client, notes = told(CannedHubSpot(Overlapping(count, overlap=overlap)))

    records = [one for page in objects.pages(client, "0-1", ["title"]) for one in page.records]

    assert [int(one["id"]) for one in records] == list(range(1, count + 1))
    assert notes[0] == (
        "HubSpot returned some rows of /crm/objects/2026-09/0-1 more than once; the table has each of them once, in "
        "its newest state."
    )


def test_of_a_record_on_two_pages_the_newer_state_counts():
    client, _ = told(CannedHubSpot(Overlapping(150)))

    records = [one for page in objects.pages(client, "0-1", ["title"]) for one in page.records]

    first, again = records[98], records[99]
    assert (first["properties"]["title"], again["properties"]["title"]) == ("1", "2")


class Unlimited(Limiter):
    """Lets every call go, and finds many threads useful."""

    def acquire(self, budget: Any) -> float:
        return 0.0

    def useful_threads(self, budget: Any) -> int:
        return 8


def test_a_record_that_comes_again_deep_in_a_big_table_is_read_once():
    ids = list(range(1, 4001))

    def answer(request: Request) -> Any:
        start, limit = int(request.one("after") or 1), int(request.one("limit") or 10)
        some = ids[start - 1 : start - 1 + limit]
        again = [some[0] - 1] if limit > 10 and start > 2000 else []
        rows = [{"id": str(one), "updatedAt": EARLIER, "properties": {"email": "x"}} for one in [*again, *some]]
        more = {"paging": {"next": {"after": str(some[-1] + 1)}}} if some and some[-1] < ids[-1] else {}
        return {"results": rows, **more}

    pages = objects.pages(CannedHubSpot(answer).client(limiter=Unlimited()), "0-1", ["email"])

    assert [int(one["id"]) for page in pages for one in page.records] == ids


def test_a_page_that_is_told_again_and_again_ends_in_an_error():
    def answer(request: Request) -> Any:
        asked = int((request.one("after") or "c0")[1:])
        rows = [{"id": str(one), "properties": {}} for one in (1, 2, 3)]
        return {"results": rows, "paging": {"next": {"after": f"c{asked + 1}"}}}

    with pytest.raises(errors.MalformedAnswer, match="empty pages in a row"):
        list(objects.pages(CannedHubSpot(answer).client(), "0-1", ["email"]))


def test_an_owner_on_two_pages_is_read_once_and_in_its_newer_state():
    client, notes = told(CannedHubSpot(Overlapping(700)))

    found = list(owners.read(client))

    assert [int(one["id"]) for one in found] == list(range(1, 701))
    assert found[499]["title"] == "2"
    assert "rows of /crm/owners/2026-09 more than once" in notes[0]


def test_a_blog_post_twice_on_one_page_is_read_once_and_in_its_newer_state():
    rows = [{"id": "1", "updatedAt": LATER}, {"id": "1", "updatedAt": EARLIER}, {"id": "2", "updatedAt": EARLIER}]
    answers = CannedHubSpot(lambda _: {"results": [*rows, {"id": "2", "updatedAt": LATER}]})

    found = list(cms.blog_posts(answers.client()))

    assert [(one["id"], one["updatedAt"]) for one in found] == [("1", LATER), ("2", LATER)]


def test_a_member_on_two_pages_is_on_its_list_once_and_that_is_told():
    client, notes = told(CannedHubSpot(Overlapping(600, id_name="recordId")))

    members = [int(one.record_id) for one in lists.memberships(client, "7")]

    assert members == list(range(1, 601))
    assert notes == [
        "HubSpot returned some rows of members of a list more than once; the table has each of them once, in its "
        "newest state."
    ]
