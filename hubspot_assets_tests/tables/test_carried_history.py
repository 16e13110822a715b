"""History carried forward gives what a whole read gives, whatever changed between two days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.tables.carried_history import CarriedHistory, EarlierDay
from hubspot_assets.tables.chunks import INGESTEDAT, Chunks
from hubspot_assets.tables.in_step import NotInOrder
from hubspot_assets.tables.properties import Property
from hubspot_assets_tests.sampled import SWEEP

from .making import ANY_LOAD, READ_AT, Kept, KeptChunks, Tables, frames_of, record

PROPERTIES = [
    Property("note", "string"),
    Property("number", "number"),
    Property("since", "datetime"),
    Property("birthday", "date"),
]
NAMES = [p.name for p in PROPERTIES]
YESTERDAY = READ_AT - timedelta(days=1)

Record = dict[str, Any]
UPDATED = "2026-11-20T00:00:00.000Z"

VALUES = st.sampled_from(["", "a", "12", "2024-01-02", "2024-01-02T03:04:05.678Z", "1704153600000", "x;y"])
TIMES = st.integers(0, 5).map(lambda n: f"2024-01-0{n + 1}T00:00:00.{n:03d}Z")
VERSIONS = st.lists(st.tuples(VALUES, TIMES), max_size=4)
HISTORIES = st.fixed_dictionaries(dict.fromkeys(NAMES, VERSIONS))


@st.composite
def records(draw: st.DrawFn, ids: Sequence[int], updated_at: str) -> list[Record]:
    return [_record(number, draw(HISTORIES), updated_at) for number in ids]


def _record(number: int, versions: dict[str, Any], updated_at: str) -> Record:
    values = {name: _newest(of) for name, of in versions.items()}
    return record(number, values, versions, updated_at)


def _newest(versions: Sequence[tuple[str, str]]) -> str | None:
    newest = [value for value, time in versions if time == max(time for _, time in versions)]
    return None if not newest else "" if "" in newest else max(newest)


def _values_only(one: Record, *, cleared: str | None) -> Record:
    """As the list answers without history; `cleared` is how it shows a value that was cleared."""
    properties = {name: cleared if value == "" else value for name, value in one["properties"].items()}
    return {**{key: value for key, value in one.items() if key != "propertiesWithHistory"}, "properties": properties}


@SWEEP
@given(st.data(), st.sampled_from(["", None]))
@ANY_LOAD
def test_a_day_with_carried_history_is_what_a_whole_read_gives(data: st.DataObject, cleared: str | None):
    ids = data.draw(st.sets(st.integers(1, 300), max_size=12).map(sorted))
    before = data.draw(records(ids, "2026-11-20T00:00:00.000Z"))
    archived = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    touched = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    born = data.draw(st.sets(st.integers(1, 300), max_size=4)) - set(ids)
    changed = data.draw(records(sorted(born | touched), "2026-11-21T00:00:00.000Z"))
    now = {int(one["id"]): one for one in [*before, *changed]}
    after = [now[number] for number in sorted(now) if number not in archived]
    gone = data.draw(st.sets(st.sampled_from([int(one["id"]) for one in changed]))) if changed else set()

    read, carried, asked = _carried(before, after, gone=gone, cleared=cleared)

    whole = _rows([one for one in after if int(one["id"]) not in gone])
    assert [_without_times(rows) for rows in read] == [_without_times(rows) for rows in whole]
    assert asked == [str(number) for number in sorted(born | touched) if number not in archived]
    assert carried == len(after) - len(asked)


def test_a_calculated_value_that_changed_without_touching_its_record_is_read_again():
    before = _record(1, {**_none(), "number": [("1", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    after = _record(1, {**_none(), "number": [("2", "2024-01-02T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")

    assert _carried([before], [after])[2] == ["1"]


def test_a_carried_version_says_when_it_was_read():
    versions = {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}
    old, new = (_record(n, versions, "2026-11-20T00:00:00.000Z") for n in (1, 2))

    tables = _carried([old], [old, new])[0]

    assert [row[INGESTEDAT] for row in tables.history] == [YESTERDAY.replace(tzinfo=None), READ_AT.replace(tzinfo=None)]
    assert {row[INGESTEDAT] for row in tables.wide} == {READ_AT.replace(tzinfo=None)}


def test_a_property_that_is_not_exported_any_more_takes_its_versions_along():
    one = _record(1, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    without = [p for p in PROPERTIES if p.name != "note"]

    tables = _carried([one], [one], properties=without)[0]

    assert tables.history == []


def test_rows_of_an_earlier_day_in_another_order_are_refused(tmp_path: Path):
    frames = _earlier_day([record(2), record(1)])

    with pytest.raises(NotInOrder):
        _compared(frames, [record(1), record(2)], tmp_path)


def test_what_set_a_version_that_is_of_another_reading_is_refused(tmp_path: Path):
    one = _record(1, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    other = _record(1, {**_none(), "note": [("a", "2024-01-02T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    day = replace(_earlier_day([one]), sources=_earlier_day([other]).sources)

    with pytest.raises(NotInOrder, match="come from different reads"):
        _compared(day, [one], tmp_path)


def test_versions_are_carried_without_what_set_them_where_nobody_needs_it(tmp_path: Path):
    one = _record(1, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")

    carried, asked = _compared(replace(_earlier_day([one]), sources=None), [one], tmp_path)

    assert asked == []
    assert carried.carried == 1


def test_chunks_wait_for_what_has_changed_in_them_and_go_on_in_their_order(tmp_path: Path):
    before = [_record(n, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, UPDATED) for n in range(1, 5)]
    after = [*before[:1], _changed(before[1]), *before[2:]]
    whole = KeptChunks(PROPERTIES)
    history = CarriedHistory(_earlier_day(before), "0-1", whole, tmp_path)
    current = KeptChunks(PROPERTIES, cells_a_chunk=1)
    for one in after:
        current.add([_values_only(one, cleared="")], READ_AT)

    done = []
    for chunk in current.chunks():
        history.compare(chunk)
        history.hand_on()
        done.append(whole.records)
    waits = history.bytes_waiting
    history.add_read([whole.columns([after[1]], READ_AT)], 1)

    assert done == [1, 1, 1, 1]
    assert waits > 0
    assert history.bytes_waiting == 0
    assert [row["OBJECTID"] for row in _tables(whole).wide] == ["1", "2", "3", "4"]
    assert list(tmp_path.iterdir()) == []


def _changed(one: Record) -> Record:
    return _record(int(one["id"]), {**_none(), "note": [("b", "2024-01-02T00:00:00Z")]}, "2026-11-21T00:00:00.000Z")


def _none() -> dict[str, list[tuple[str, str]]]:
    return {name: [] for name in NAMES}


def _carried(
    before: Sequence[Record],
    after: Sequence[Record],
    *,
    gone: set[int] = frozenset(),  # type: ignore[assignment]
    cleared: str | None = "",
    properties: Sequence[Property] = PROPERTIES,
) -> tuple[Tables, int, list[str]]:
    """The tables of `after`, how many records were carried from `before`, and which were read again."""
    by_id = {one["id"]: one for one in after}
    # A few cells a chunk, so that chunks of the earlier day, the list and the whole end at different records.
    whole, current = KeptChunks(properties), KeptChunks(properties, cells_a_chunk=30)
    for one in after:
        current.add([_values_only(one, cleared=cleared)], READ_AT)
    with TemporaryDirectory() as directory:
        history = CarriedHistory(_earlier_day(before), "0-1", whole, Path(directory))
        asked: list[str] = []
        waiting: list[str] = []
        for chunk in current.chunks():
            waiting += history.compare(chunk)
            history.hand_on()
            while len(waiting) >= 3:
                asked += _read(history, whole, waiting[:3], by_id, gone)
                waiting = waiting[3:]
        asked += _read(history, whole, waiting, by_id, gone)
        return _tables(whole), history.carried, asked


def _read(
    history: CarriedHistory, whole: KeptChunks, ids: list[str], by_id: dict[str, Record], gone: set[int]
) -> list[str]:
    found = [by_id[number] for number in ids if int(number) not in gone]
    history.add_read([whole.columns([one], READ_AT) for one in found], len(ids))
    return ids


def _compared(day: EarlierDay, records: Sequence[Record], directory: Path) -> tuple[CarriedHistory, list[str]]:
    current, whole = KeptChunks(PROPERTIES), Chunks(PROPERTIES, Kept())
    current.add(records, READ_AT)
    history = CarriedHistory(day, "0-1", whole, directory)
    return history, [one for chunk in current.chunks() for one in history.compare(chunk)]


def _earlier_day(before: Sequence[Record]) -> EarlierDay:
    chunks = KeptChunks(PROPERTIES, cells_a_chunk=20)
    for one in before:
        chunks.add([one], YESTERDAY)
    frames = frames_of(chunks)
    # The files of the two tables are cut at other rows.
    sources = pl.concat([made[5] for made in frames]) if frames else pl.DataFrame()
    cut = [sources[start : start + 7] for start in range(0, sources.height, 7)]
    return EarlierDay([made[2] for made in frames], [made[4] for made in frames], cut)


def _rows(records: Sequence[Record]) -> Tables:
    chunks = KeptChunks(PROPERTIES)
    for one in records:
        chunks.add([one], READ_AT)
    return _tables(chunks)


def _tables(chunks: KeptChunks) -> Tables:
    made = frames_of(chunks)
    return Tables(*([row for frames in made for row in frames[place].rows(named=True)] for place in range(6)))


def _without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != INGESTEDAT} for row in rows]
