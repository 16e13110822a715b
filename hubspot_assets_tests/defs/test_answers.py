"""What HubSpot answered to a run that died: what is used of it again, what is asked anew, and what is left of it."""

import io
import itertools
import json
import logging
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient, HubSpotError, associations, forms, lists
from hubspot_assets.hubspot.errors import Refused
from hubspot_assets.lake import Lake
from hubspot_assets.reading.reading import Reading, now
from hubspot_assets.reading.resuming import CALLS_A_PART, answers_of
from hubspot_assets_tests.exported import BUCKET, client_of
from hubspot_assets_tests.hubspot.canned import Answer, CannedHubSpot, Request

DAY = "2026-11-22"
TABLE = "LIST_MEMBERSHIPS"
_numbers = itertools.count()
NO = {"status": "error", "message": "No.", "category": "VALIDATION_ERROR"}
ENDED = Answer({"status": "error", "message": "expired", "category": "EXPIRED_AUTHENTICATION"}, status=401)
Read = Callable[[HubSpotClient, Callable[[str, Refused], None]], Iterator[Any]]


@dataclass
class Place:
    """A lake, and where it lies on disk."""

    lake: Lake
    folder: Path

    @property
    def parts(self) -> list[Path]:
        """What is aside."""
        return sorted((self.folder / "_unfinished").rglob("*.zip"))


@pytest.fixture
def place(s3: DemoS3) -> Place:
    client = client_of(s3)
    prefix = f"answers/{next(_numbers)}"
    return Place(Lake(client, BUCKET, prefix), s3.directory / BUCKET / prefix)


@dataclass
class Run:
    """One run of a step that reads: what it got, and what HubSpot saw."""

    reading: Reading
    rows: list[Any] = field(default_factory=list)
    refused: dict[str, Refused] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def about(self, path: str) -> list[Request]:
        return [request for request in self.asked if path in request.path]


def run(
    place: Place,
    portal: Callable[[Request], Any],
    read: Read,
    *,
    dies_after: int | None = None,
    ends: Answer = ENDED,
) -> Run:
    """Run a step; it dies of the call after so many, which `ends` it."""

    def answer(request: Request) -> Any:
        done.asked.append(request)
        return ends if dies_after is not None and len(done.asked) > dies_after else portal(request)

    done = Run(Reading(CannedHubSpot(answer).client()))
    with (
        suppress(HubSpotError),
        answers_of(place.lake, TABLE, DAY) as answers,
        answers.reading(done.reading) as client,
    ):
        done.rows += read(client, done.refused.__setitem__)
    return done


class Lists:
    """Lists of two members a page; `refused`: what is answered for some."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self.members = {one: [f"{one}0{number:05d}" for number in range(size)] for one, size in sizes.items()}
        self.refused: dict[str, Answer] = {}
        self.cursors = "made today "
        """How those begin that are taken."""

    def __call__(self, request: Request) -> Any:
        one = request.path.split("/")[-2]
        if one in self.refused:
            return self.refused[one]
        after = request.one("after") or f"{self.cursors}0"
        if not after.startswith(self.cursors):
            return Answer({**NO, "message": "Invalid cursor."}, status=400)
        members, start = self.members[one], int(after.removeprefix(self.cursors))
        page = [{"recordId": member, "membershipTimestamp": None} for member in members[start : start + 2]]
        more = {"paging": {"next": {"after": f"{self.cursors}{start + 2}"}}} if start + 2 < len(members) else {}
        return {"results": page, **more}

    def read(self, client: HubSpotClient, refused: Callable[[str, Refused], None]) -> Iterator[Any]:
        return (member.record_id for member in lists.memberships_of(client, list(self.members), refused))

    def read_after(self, *first: str) -> Read:
        """Return a reader that has read these lists to their ends before it asks for any other."""

        def read(client: HubSpotClient, refused: Callable[[str, Refused], None]) -> Iterator[Any]:
            for some in first, [one for one in self.members if one not in first]:
                yield from (member.record_id for member in lists.memberships_of(client, some, refused))

        return read

    @property
    def everybody(self) -> list[str]:
        return sorted(member for one, members in self.members.items() if one not in self.refused for member in members)


def small_lists(count: int = 120) -> Lists:
    return Lists({str(number): 1 for number in range(1000, 1000 + count)})


def test_what_was_answered_is_not_asked_again_and_nothing_is_left_aside(place: Place) -> None:
    portal = small_lists()
    first = run(place, portal, portal.read, dies_after=70)
    assert place.parts
    second = run(place, portal, portal.read)
    assert sorted(second.rows) == portal.everybody
    answered = {request.path for request in first.asked[:70]}
    assert answered.isdisjoint(request.path for request in second.asked)
    assert len(second.asked) == 50
    assert place.parts == []


def test_the_reading_tells_when_it_began_and_what_it_took_in_all_runs(place: Place) -> None:
    portal = small_lists()
    first = run(place, portal, portal.read, dies_after=70)
    between = now()
    second = run(place, portal, portal.read)
    assert first.reading.started_at <= second.reading.started_at < between
    assert second.reading.calls == 120
    assert second.reading.client.calls == 50


def test_a_run_that_is_killed_loses_no_more_than_the_last_calls(place: Place) -> None:
    portal = small_lists()
    # Nobody tells it that it ends.
    answers = answers_of(place.lake, TABLE, DAY)
    reading = answers.reading(Reading(CannedHubSpot(portal).client()))
    killed = portal.read(reading.__enter__(), lambda *_: None)
    for _ in range(100):
        next(killed)
    until = time.monotonic() + 60
    while not place.parts and time.monotonic() < until:
        time.sleep(0.05)

    second = run(place, portal, portal.read)

    assert sorted(second.rows) == portal.everybody
    assert len(second.asked) <= 120 - CALLS_A_PART


@pytest.mark.parametrize("ends", [ENDED, Answer(broken=KeyError("a bug"))], ids=["HubSpot's error", "any other"])
def test_a_run_that_went_on_and_died_is_gone_on_with_as_well(place: Place, ends: Answer) -> None:
    portal = Lists({str(number): 3 for number in range(1000, 1060)})
    run(place, portal, portal.read, dies_after=40)
    with suppress(KeyError):
        run(place, portal, portal.read, dies_after=40, ends=ends)
    third = run(place, portal, portal.read)
    assert sorted(third.rows) == portal.everybody
    looked_at_again = 16
    assert len(third.asked) <= 120 - 40 - (40 - looked_at_again) + looked_at_again


def test_a_list_that_was_under_way_goes_on_at_its_cursor(place: Place) -> None:
    portal = Lists({"7": 81})
    run(place, portal, portal.read, dies_after=30)
    second = run(place, portal, portal.read)
    assert second.rows == portal.everybody
    # The page before is looked at again.
    assert [request.one("after") for request in second.asked] == [f"made today {2 * n}" for n in range(29, 41)]


def test_a_list_is_read_anew_where_its_cursor_is_not_taken_any_more(place: Place) -> None:
    portal = Lists({"7": 81})
    run(place, portal, portal.read, dies_after=30)
    portal.cursors = "made tomorrow "
    second = run(place, portal, portal.read)
    assert second.rows == portal.everybody
    assert len(second.asked) == 1 + 41


def test_a_list_is_read_anew_where_what_was_read_of_it_has_changed(place: Place) -> None:
    portal = Lists({"7": 81, "8": 21})
    run(place, portal, portal.read, dies_after=40)
    # The cursor is a place in the list: one is gone before it.
    del portal.members["7"][3]
    second = run(place, portal, portal.read)
    assert sorted(second.rows) == portal.everybody
    assert len(second.about("/7/")) == 1 + 40
    assert len(second.about("/8/")) <= 11
    assert place.parts == []


def test_what_was_read_of_a_list_that_changed_stays_forgotten_in_the_runs_after_it(place: Place) -> None:
    portal = Lists({"7": 81})
    run(place, portal, portal.read, dies_after=30)
    del portal.members["7"][3]
    run(place, portal, portal.read, dies_after=21)
    third = run(place, portal, portal.read)
    assert third.rows == portal.everybody
    assert len(third.asked) < 41


def test_submissions_that_came_meanwhile_do_not_begin_the_form_anew(place: Place) -> None:
    rows = [{"submittedAt": 10_000 - number, "conversionId": str(number), "values": []} for number in range(1000)]

    def portal(request: Request) -> Any:
        start, limit = int(request.one("after") or 0), int(request.one("limit") or 50)
        more = {"paging": {"next": {"after": str(start + limit)}}} if start + limit < len(rows) else {}
        return {"results": rows[start : start + limit], **more}

    def read(client: HubSpotClient, refused: Callable[[str, Refused], None]) -> Iterator[Any]:
        return (row["conversionId"] for _, page in forms.submissions_of(client, ["f"], refused) for row in page)

    run(place, portal, read, dies_after=12)
    before = {row["conversionId"] for row in rows}
    rows[:0] = [{"submittedAt": 20_000, "conversionId": "new", "values": []}]
    second = run(place, portal, read)
    assert set(second.rows) == before
    assert len(second.asked) < 12


def test_lists_that_came_meanwhile_are_read_and_those_that_went_are_dropped(place: Place) -> None:
    portal = small_lists()
    first = run(place, portal, portal.read, dies_after=70)
    gone = first.asked[0].path.split("/")[-2]
    del portal.members[gone]
    portal.members["9999"] = ["99"]
    second = run(place, portal, portal.read)
    assert sorted(second.rows) == portal.everybody
    assert len(second.asked) == 51


def test_a_refusal_is_remembered_with_its_words(place: Place) -> None:
    portal = small_lists()
    portal.refused["1040"] = Answer({**NO, "message": "No such lists.", "correlationId": "c-1"}, status=400)
    # What a run that dies was answered last, it may not have told any more.
    first = run(place, portal, portal.read_after("1040"), dies_after=70)
    second = run(place, portal, portal.read)
    assert str(second.refused["1040"]) == str(first.refused["1040"])
    assert type(second.refused["1040"]) is type(first.refused["1040"])
    assert second.about("/1040/") == []
    assert sorted(second.rows) == portal.everybody


def test_a_refusal_that_a_person_can_mend_is_asked_again(place: Place) -> None:
    portal = small_lists()
    scopes = {"message": "Scopes.", "context": {"requiredGranularScopes": ["crm.lists.read"]}}
    portal.refused["1003"] = Answer({**NO, "category": "MISSING_SCOPES", "errors": [scopes]}, status=403)
    first = run(place, portal, portal.read_after("1002", "1003"), dies_after=70)
    assert "1003" in first.refused
    portal.refused.clear()
    second = run(place, portal, portal.read)
    assert second.refused == {}
    assert sorted(second.rows) == portal.everybody


def test_a_step_of_few_calls_leaves_nothing_aside_even_where_it_dies(place: Place) -> None:
    portal = small_lists()
    run(place, portal, portal.read, dies_after=5)
    assert place.parts == []
    few = small_lists(CALLS_A_PART - 1)
    with patch.object(place.lake._store, "put") as put, patch.object(place.lake._store, "delete") as delete:
        run(place, few, few.read)
    assert (put.call_count, delete.call_count) == (0, 0)


def _truncated(part: bytes) -> bytes:
    return part[: len(part) // 2]


def _nothing(part: bytes) -> bytes:
    return b""


def _of_another_form(part: bytes) -> bytes:
    return _zip({"note.json": b"{}"})


def _of_other_notes(part: bytes) -> bytes:
    return _zip({"notes.json": json.dumps([{"question": ["GET"]}]).encode(), "answers.zlib": b""})


def _of_fewer_answers(part: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(part)) as archive:
        return _zip({"notes.json": archive.read("notes.json"), "answers.zlib": b"x"})


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.mark.parametrize("garbage", [_truncated, _nothing, _of_another_form, _of_other_notes, _of_fewer_answers])
def test_a_part_that_is_garbage_is_logged_and_read_anew(
    place: Place, garbage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    portal = small_lists()
    # Less than a part, so that each run leaves one, of all that it was answered.
    answered = CALLS_A_PART - 15
    for _ in range(3):
        run(place, portal, portal.read, dies_after=answered)
    _, damaged, _ = place.parts
    damaged.write_bytes(garbage(damaged.read_bytes()))
    with caplog.at_level(logging.WARNING, "hubspot_assets.lake"):
        second = run(place, portal, portal.read)
    assert "00001.zip is damaged, so what it holds is read again" in caplog.text
    assert sorted(second.rows) == portal.everybody
    assert len(second.asked) == 120 - answered
    assert place.parts == []


def test_associations_that_were_under_way_go_on_and_begin_anew_after_a_cursor_that_is_not_taken(place: Place) -> None:
    takes_cursors = True

    def portal(request: Request) -> Any:
        (one,) = request.body["inputs"]
        start = int(one.get("after", 0))
        if start and not takes_cursors:
            return Answer(NO, status=400)
        kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 342, "label": None}]
        row: dict[str, Any] = {"from": {"id": one["id"]}, "to": [{"toObjectId": start, "associationTypes": kinds}]}
        return {"results": [row | ({"paging": {"next": {"after": str(start + 1)}}} if start < 39 else {})]}

    def read(client: HubSpotClient, _: Callable[[str, Refused], None]) -> Iterator[Any]:
        return (link.to_id for link in associations.read(client, "0-2", "0-3", ["1"]))

    run(place, portal, read, dies_after=30)
    takes_cursors = False
    assert run(place, portal, read).rows == []
    assert place.parts == [], "the next run must not meet the same cursor"
    takes_cursors = True
    run(place, portal, read, dies_after=30)
    second = run(place, portal, read)
    assert len(second.asked) == 10
    assert second.rows == [str(number) for number in range(40)]


def test_what_a_resumed_step_chokes_on_is_forgotten(place: Place) -> None:
    portal = small_lists()
    run(place, portal, portal.read, dies_after=70)

    def chokes(client: HubSpotClient, refused: Callable[[str, Refused], None]) -> Iterator[Any]:
        yield from itertools.islice(portal.read(client, refused), 10)
        raise KeyError("what no answer should hold")

    with pytest.raises(KeyError):
        run(place, portal, chokes)
    assert place.parts == []


def test_where_again_no_table_comes_of_what_was_read_it_is_forgotten(place: Place) -> None:
    portal = small_lists()

    def write_in_vain() -> None:
        with answers_of(place.lake, TABLE, DAY) as answers:
            with answers.reading(Reading(CannedHubSpot(portal).client())) as client:
                list(portal.read(client, lambda *_: None))
            raise ValueError("the table cannot be written")

    for is_left in (True, False):
        with pytest.raises(ValueError, match="written"):
            write_in_vain()
        assert bool(place.parts) is is_left
