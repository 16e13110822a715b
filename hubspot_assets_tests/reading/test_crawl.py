"""A crawl that dies is gone on with where it was, and what comes of it is what an undisturbed one gives."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.demo.portal import PortalSettings, RunningPortal, serve
from hubspot_assets.demo.s3 import serve_s3
from hubspot_assets.hubspot import HubSpotClient, HubSpotError
from hubspot_assets.lake import Lake
from hubspot_assets.reading.crawl import checkpoints_of, crawl
from hubspot_assets.reading.memory_slots import MemorySlot
from hubspot_assets.reading.readers import ReadRequest
from hubspot_assets.reading.reading import Reading
from hubspot_assets.tables.chunks import INGESTEDAT
from hubspot_assets.tables.properties import Property
from hubspot_assets_tests.exported import client_of
from hubspot_assets_tests.tables.making import KeptChunks

DAY = "2026-11-22"
TABLE = "OBJECTS_CONTACTS"
CONTACTS = next(t for t in STANDARD_OBJECT_TYPES if t.object_type_id == "0-1")
PROPERTIES = [Property(name, "string") for name in ("email", "firstname", "lastname", "lifecyclestage")]
SETTINGS: dict[str, Any] = {"contacts": 2000, "limits": False}
CELLS = 1400
_numbers = itertools.count()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with serve_s3(tmp_path_factory.mktemp("s3")) as s3:
        s3.bucket("lake")
        client = client_of(s3)
        yield Lake(client, "lake")


@contextmanager
def portal(**settings: Any) -> Iterator[RunningPortal]:
    with serve(PortalSettings(**{**SETTINGS, **settings})) as running:
        yield running


def asked(running: RunningPortal, properties: list[Property] = PROPERTIES, *, with_history: bool = True) -> ReadRequest:
    reading = Reading(HubSpotClient(running.token, running.url))
    return ReadRequest(reading, CONTACTS, properties, with_history)


def read(lake: Lake, question: ReadRequest, day: str = DAY) -> KeptChunks:
    chunks = KeptChunks(question.properties, cells_a_chunk=CELLS)
    with MemorySlot() as turn:
        assert crawl(question, chunks, checkpoints_of(lake, TABLE, day, question), turn) is None
    return chunks


def rows(chunks: KeptChunks) -> tuple[pl.DataFrame, pl.DataFrame]:
    values, versions = [], []
    for chunk in chunks.chunks():
        values.append(chunk.values)
        owner = chunk.values["OBJECTID"].gather(chunk.versions["POSITION"])
        versions.append(chunk.versions.select(owner, "NAME", "VALUE", "UPDATEDAT"))
    return pl.concat(values).drop(INGESTEDAT), pl.concat(versions)


def dies_after(calls: int) -> dict[str, Any]:
    """Settings of a portal whose calls of the day are used up after so many."""
    return {"limits": True, "ten_secondly_limit": 100_000, "daily_limit": calls}


@pytest.mark.parametrize("with_history", [True, False], ids=["with history", "values"])
def test_a_crawl_goes_on_where_one_died(lake: Lake, with_history: bool) -> None:
    day = DAY if with_history else "2026-11-21"
    with portal() as running:
        question = asked(running, with_history=with_history)
        whole = rows(read(lake, question, day="2026-11-01"))
        undisturbed = question.reading.client.calls
    with portal(**dies_after(undisturbed // 2)) as running, pytest.raises(HubSpotError, match="daily"):
        read(lake, asked(running, with_history=with_history), day)
    with portal() as running:
        question = asked(running, with_history=with_history)
        found = rows(read(lake, question, day))

    assert [one.equals(other) for one, other in zip(found, whole, strict=True)] == [True, True]
    assert undisturbed / 3 < question.reading.client.calls < undisturbed * 3 / 4


def test_a_crawl_that_was_whole_is_not_asked_for_again(lake: Lake) -> None:
    with portal() as running:
        first, again = asked(running), asked(running)
        whole = rows(read(lake, first, day="2026-11-20"))
        found = rows(read(lake, again, day="2026-11-20"))
        assert again.reading.client.calls == 0
        assert again.reading.started_at == first.reading.started_at
    assert [one.equals(other) for one, other in zip(found, whole, strict=True)] == [True, True]


def _other_properties(running: RunningPortal) -> ReadRequest:
    return asked(running, PROPERTIES[:2])


def _other_history(running: RunningPortal) -> ReadRequest:
    return asked(running, with_history=False)


@pytest.mark.parametrize("other", [_other_properties, _other_history])
def test_chunks_of_another_reading_are_not_taken(lake: Lake, other: Callable[[RunningPortal], ReadRequest]) -> None:
    day = f"2026-10-{next(_numbers) % 28 + 1:02d}"
    with portal() as running:
        read(lake, asked(running), day)
        question = other(running)
        read(lake, question, day)
        assert question.reading.client.calls >= 20


def test_a_cursor_that_is_not_taken_any_more_begins_the_crawl_anew(lake: Lake) -> None:
    with portal(**dies_after(25)) as running, pytest.raises(HubSpotError):
        read(lake, asked(running), "2026-11-10")
    with portal(after_must_be_handed_out=True) as running:
        question = asked(running)
        found = rows(read(lake, question, "2026-11-10"))
        held = {record.id for record in running.world.records("0-1")}
    assert set(found[0]["OBJECTID"]) == held
    assert found[0].height == len(held)


def test_tables_that_fit_one_chunk_leave_nothing_aside(lake: Lake) -> None:
    with portal(contacts=30) as running:
        read(lake, asked(running), "2026-11-09")
        again = asked(running)
        read(lake, again, "2026-11-09")
        assert again.reading.client.calls > 0


def _other_notes(_: dict[str, bytes]) -> dict[str, bytes]:
    return {"note.json": b"[]"}


def _other_frames(part: dict[str, bytes]) -> dict[str, bytes]:
    return {**part, "values.arrow": b"no frame"}


@pytest.mark.parametrize("garbage", [_other_notes, _other_frames])
def test_a_chunk_that_is_garbage_is_read_anew(
    lake: Lake, garbage: Callable[[dict[str, bytes]], dict[str, bytes]]
) -> None:
    day = f"2026-09-{next(_numbers) % 28 + 1:02d}"
    with portal() as running:
        whole = rows(read(lake, asked(running), "2026-11-02"))
        read(lake, asked(running), day)
        aside = checkpoints_of(lake, TABLE, day, asked(running))
        second = list(aside.take())[1]
        aside.put(1, garbage(second))
        question = asked(running)
        found = rows(read(lake, question, day))
        assert question.reading.client.calls > 0
    assert [one.equals(other) for one, other in zip(found, whole, strict=True)] == [True, True]


def test_a_crawl_that_went_on_tells_the_calls_of_both_runs(lake: Lake) -> None:
    with portal(**dies_after(25)) as running, pytest.raises(HubSpotError):
        read(lake, asked(running), "2026-11-08")
    with portal() as running:
        whole, question = asked(running), asked(running)
        read(lake, whole, "2026-11-07")
        read(lake, question, "2026-11-08")
    assert question.reading.client.calls < whole.reading.calls <= question.reading.calls
