"""Cursors: what goes over the wire is what HubSpot wrote, by its own link."""

from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote, unquote

import pytest

from hubspot_assets.hubspot import associations, errors, lists, objects, users
from hubspot_assets.hubspot.http.cursors import next_after, previous_before

from .canned import Answer, CannedHubSpot, Request
from .hostile import NoWaiting

LINK = "https://api.hubapi.com/settings/v3/users?limit=100&after="


@pytest.mark.parametrize(
    ("after", "link", "wire"),
    [
        ("MTAw%3D%3D", "?after=MTAw%3D%3D", "MTAw%3D%3D"),
        ("MTAw%3D%3D", LINK + "MTAw%3D%3D&archived=false#x", "MTAw%3D%3D"),
        ("MTAw==", LINK + "MTAw%3D%3D", "MTAw%3D%3D"),
        ("MTAw==", LINK + "MTAw==", "MTAw%3D%3D"),
        ("100%3D", "?after=100%253D", "100%253D"),
        ("100%3D", "?after=100%3D", "100%3D"),
        ("MTAw==", "?after=MTAw%253D%253D", "MTAw%253D%253D"),
        ("a+b=", None, "a%2Bb%3D"),
        ("a+b=", "?after=a+b=", "a%2Bb%3D"),
        ("a+b=", "?after=a%2Bb%3D", "a%2Bb%3D"),
        ("a%2Bb%3D", "?after=a%2Bb%3D", "a%2Bb%3D"),
        ("2026-11-20 x", "?after=2026-11-20+x", "2026-11-20%20x"),
        ("MTAw%3D%3D", None, "MTAw%253D%253D"),
        ("MTAw%3D%3D", "x", "MTAw%253D%253D"),
        ("MTAw%3D%3D", LINK, "MTAw%253D%253D"),
        ("MTAw%3D%3D", {"href": "?after=MTAw%3D%3D"}, "MTAw%253D%253D"),
        ("c1", "https://old.example/v1?after=of_another_list", "c1"),
        ("c1", "https://old.example/v1?before=c1", "c1"),
        (5, "?after=5", "5"),
    ],
)
def test_a_cursor_goes_back_as_its_link_spells_it(after: Any, link: Any, wire: str) -> None:
    def answer(request: Request) -> Any:
        if request.query.get("after"):
            return {"results": [{"id": "2"}]}
        return {"results": [{"id": "1"}], "paging": {"next": {"after": after, "link": link}}}

    hubspot = CannedHubSpot(answer)

    assert len(list(users.read(hubspot.client()))) == 2
    assert f"&after={wire}" in hubspot.seen[1].url
    assert hubspot.seen[1].one("after") == unquote(wire)


def test_a_cursor_is_known_by_what_the_json_says_and_read_from_the_part_of_the_link_that_is_its_own() -> None:
    link = "?before=b%3D&after=a%3D"
    paging = {"next": {"after": "a%3D", "link": link}, "prev": {"before": "b%3D", "link": link}}

    after, before = next_after({"paging": paging}), previous_before({"paging": paging})

    assert (after, before) == ("a%3D", "b%3D")
    assert after is not None
    assert before is not None
    assert (after.sent, before.sent) == ("a=", "b=")


class Strict:
    """A list of 250 rows that takes its cursors in one spelling only; for others it has an empty page, or refuses."""

    def __init__(self, *, encoded: bool, link: bool, refuses: bool = False) -> None:
        self._encoded = encoded
        self._link = link
        self._refuses = refuses
        self.misses = 0

    def __call__(self, request: Request) -> Any:
        start = 0
        if request.one("after") is not None:
            cursor = request.one("after") or ""
            try:
                start = int(b64decode(unquote(cursor) if self._encoded else cursor, validate=True))
                assert not self._encoded or "%" in cursor
            except (ValueError, AssertionError):
                self.misses += 1
                return Answer({"message": "Invalid cursor"}, 400) if self._refuses else {"results": []}
        limit = int(request.one("limit") or 0)
        rows = [{"id": str(number), "recordId": str(number)} for number in range(start, min(250, start + limit))]
        if start + limit >= 250:
            return {"results": rows}
        after = quote(b64encode(f"{start + limit:04d}".encode()).decode(), safe="")
        link = {"link": f"?after={quote(after) if self._encoded else after}"} if self._link else {"link": "x"}
        return {"results": rows, "paging": {"next": {"after": after, **link}}}


@pytest.mark.parametrize("encoded", [True, False])
def test_the_link_tells_which_spelling_hubspot_takes(encoded: bool) -> None:
    portal = Strict(encoded=encoded, link=True)

    assert len(list(users.read(CannedHubSpot(portal).client()))) == 250
    assert portal.misses == 0


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize("encoded", [True, False])
def test_without_a_link_the_other_spelling_is_tried_once_for_the_whole_list(encoded: bool, refuses: bool) -> None:
    portal = Strict(encoded=encoded, link=False, refuses=refuses)

    assert len(list(users.read(CannedHubSpot(portal).client()))) == 250
    assert portal.misses == (0 if encoded else 1 if refuses else 3)


def test_members_of_a_list_are_read_by_encoded_cursors_both_ways() -> None:
    def answer(request: Request) -> Any:
        stop = int(b64decode(request.one("before") or "MzAw", validate=True))
        rows = [{"recordId": number} for number in range(max(0, stop - 100), stop)]
        before = quote(b64encode(f"{stop - 100:03d}".encode()).decode() + "==")
        link = f"https://api.hubapi.com/crm/v3/lists/7/memberships?before={before}"
        return {"results": rows, **({"paging": {"prev": {"before": before, "link": link}}} if stop > 100 else {})}

    def padded(request: Request) -> Any:
        if request.one("before"):
            assert (request.one("before") or "").endswith("==")
            request.query["before"] = [(request.one("before") or "").removesuffix("==")]
        return answer(request)

    found = list(lists.memberships(CannedHubSpot(padded).client(), "7"))

    assert sorted(int(one.record_id) for one in found) == list(range(300))


@pytest.mark.parametrize(("decoded", "refuses"), [(True, False), (True, True), (False, False)])
def test_in_a_body_the_cursor_is_as_the_json_has_it_or_else_decoded(decoded: bool, refuses: bool) -> None:
    """There is no query there that would be decoded."""
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 1, "label": None}]

    def answer(request: Request) -> Any:
        results = []
        for one in request.body["inputs"]:
            after = one.get("after", "MA%3D%3D" if not decoded else "MA==")
            if ("%" in after) is decoded:
                if refuses:
                    return Answer({"message": "Invalid cursor"}, 400)
                continue
            start = int(b64decode(unquote(after)))
            row: dict[str, Any] = {"from": {"id": one["id"]}}
            row["to"] = [{"toObjectId": n, "associationTypes": kinds} for n in range(start, start + 10)]
            if start < 40:
                following = quote(b64encode(str(start + 10).encode()).decode())
                row["paging"] = {"next": {"after": following, "link": f"?after={following}"}}
            results.append(row)
        return {"status": "COMPLETE", "results": results}

    hubspot = CannedHubSpot(answer)
    ids = [str(number) for number in range(1, 2501)]
    found = list(associations.read(hubspot.client(limiter=NoWaiting()), "0-1", "0-2", ids))

    assert len(found) == len(set(found)) == 2500 * 50
    # Three batches of five pages each, and at most three tellings for each batch that did not know yet.
    assert len(hubspot.seen) <= 15 + (9 if decoded else 0)


def test_the_cursor_of_records_is_followed_by_its_link_as_well() -> None:
    def answer(request: Request) -> Any:
        after = request.one("after")
        if request.one("limit") == "2":
            return {"results": [{"id": "7", "properties": {}}]}
        if after is None:
            paging = {"next": {"after": "cGFnZTI%3D", "link": "https://x.example/crm/v3/objects/0-1?after=cGFnZTI%3D"}}
            return {"results": [{"id": "5", "properties": {}}], "paging": paging}
        return {"results": [{"id": "7", "properties": {}}]} if after == "cGFnZTI=" else {"results": []}

    found = [one["id"] for page in objects.pages(CannedHubSpot(answer).client(), "0-1", []) for one in page.records]

    assert found == ["5", "7"]


def test_a_cursor_that_comes_in_another_spelling_a_second_time_is_no_endless_loop() -> None:
    def answer(request: Request) -> Any:
        after = "a%3D" if request.one("after") is None else "b%3D" if request.one("after") == "a=" else "a%3D"
        return {"results": [{"id": after}], "paging": {"next": {"after": after, "link": f"?after={after}"}}}

    with pytest.raises(errors.MalformedAnswer, match="'a%3D' a second time"):
        list(users.read(CannedHubSpot(answer).client()))
