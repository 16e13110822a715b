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

from hubspot_assets.catalog.columns import schema
from hubspot_assets.catalog.table import Table
from hubspot_assets.defs.assets.object_types import columns_and_rows
from hubspot_assets.lake.csv_text import as_columns, as_texts
from hubspot_assets.reading.carried_history import CarriedHistory, EarlierDay, EarlierDayUnusable, EarlierTable
from hubspot_assets.reading.one_pass import Rows
from hubspot_assets.tables.chunks import INGESTEDAT, Chunk, Chunks
from hubspot_assets.tables.in_step import NotInOrder
from hubspot_assets.tables.properties import Property
from hubspot_assets_tests.sampled import SWEEP
from hubspot_assets_tests.tables.making import ANY_LOAD, CONTRACT, READ_AT, Kept, KeptChunks, Tables, record

PROPERTIES = [
    Property("note", "string"),
    Property("number", "number"),
    Property("since", "datetime"),
    Property("birthday", "date"),
]
NAMES = [p.name for p in PROPERTIES]
TABLES = CONTRACT.objects["0-1"]
IN_ORDER = (
    TABLES.wide,
    TABLES.ids,
    TABLES.with_object_properties,
    TABLES.properties,
    TABLES.history,
    TABLES.sources,
)
YESTERDAY = READ_AT - timedelta(days=1)

Record = dict[str, Any]
UPDATED = "2026-11-20T00:00:00.000Z"

# Some are what a row of a file begins with, ends with, or has between others.
AWKWARD = [
    "line\n0-1,1,note,a",
    'a,"",b',
    ',",\n',
    '"',
    "\r\n",
    "\n",
    "2026-11-21 00:05:06.789\n",
    ",2026-11-21 00:05:06.789\n",
]
VALUES = st.sampled_from(["", "a", "12", "2024-01-02", "2024-01-02T03:04:05.678Z", "1704153600000", "x;y", *AWKWARD])
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
@given(st.data(), st.sampled_from(["", None]), st.booleans())
@ANY_LOAD
def test_a_day_with_carried_history_is_what_a_whole_read_gives(
    data: st.DataObject, cleared: str | None, with_current: bool
):
    ids = data.draw(st.sets(st.integers(1, 300), max_size=12).map(sorted))
    before = data.draw(records(ids, "2026-11-20T00:00:00.000Z"))
    archived = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    touched = data.draw(st.sets(st.sampled_from(ids))) if ids else set()
    born = data.draw(st.sets(st.integers(1, 300), max_size=4)) - set(ids)
    changed = data.draw(records(sorted(born | touched), "2026-11-21T00:00:00.000Z"))
    now = {int(one["id"]): one for one in [*before, *changed]}
    after = [now[number] for number in sorted(now) if number not in archived]
    gone = data.draw(st.sets(st.sampled_from([int(one["id"]) for one in changed]))) if changed else set()

    day = _earlier_day(before)
    day = day if with_current else replace(day, current=None)
    read, carried, asked = _carried(day, after, gone=gone, cleared=cleared)

    whole = _rows([one for one in after if int(one["id"]) not in gone])
    whole = whole if with_current else whole._replace(properties=[])
    read = read if with_current else read._replace(properties=[])
    assert [_without_times(rows) for rows in read] == [_without_times(rows) for rows in whole]
    assert asked == [str(number) for number in sorted(born | touched) if number not in archived]
    assert carried == len(after) - len(asked)


def test_a_calculated_value_that_changed_without_touching_its_record_is_read_again():
    before = _record(1, {**_none(), "number": [("1", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    after = _record(1, {**_none(), "number": [("2", "2024-01-02T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")

    assert _carried(_earlier_day([before]), [after])[2] == ["1"]


def test_a_carried_version_says_when_it_was_read():
    versions = {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}
    old, new = (_record(n, versions, "2026-11-20T00:00:00.000Z") for n in (1, 2))

    tables = _carried(_earlier_day([old]), [old, new])[0]

    assert [row[INGESTEDAT] for row in tables.history] == [YESTERDAY.replace(tzinfo=None), READ_AT.replace(tzinfo=None)]
    for rows in (tables.wide, tables.properties, tables.with_object_properties):
        assert [row[INGESTEDAT] for row in rows] == [READ_AT.replace(tzinfo=None)] * 2


def test_a_property_that_is_not_exported_any_more_takes_its_versions_along():
    versions = [("", "2024-01-02T00:00:00Z"), ("a", "2024-01-01T00:00:00Z")]
    one = _record(1, {**_none(), "note": versions, "number": versions}, "2026-11-20T00:00:00.000Z")
    without = [p for p in PROPERTIES if p.name != "note"]

    tables, carried, _ = _carried(replace(_earlier_day([one]), gone={"note"}), [one], properties=without)

    assert carried == 1
    for rows in (tables.history, tables.properties, tables.sources):
        assert {row["NAME"] for row in rows} == {"number"}


def test_rows_of_an_earlier_day_in_another_order_are_refused(tmp_path: Path):
    frames = _earlier_day([record(2), record(1)])

    with pytest.raises(NotInOrder):
        _compared(frames, [record(1), record(2)], tmp_path)


def test_what_set_a_version_that_is_of_another_reading_is_refused():
    one = _record(1, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    other = _record(1, {**_none(), "note": [("a", "2024-01-02T00:00:00Z")] * 2}, "2026-11-20T00:00:00.000Z")
    day = replace(_earlier_day([one]), sources=_earlier_day([other]).sources)

    with pytest.raises(EarlierDayUnusable, match="come from different reads"):
        _carried(day, [one])


def test_versions_are_carried_without_what_set_them_where_nobody_needs_it():
    one = _record(1, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")

    tables, carried, asked = _carried(replace(_earlier_day([one]), sources=None), [one])

    assert asked == []
    assert carried == 1
    assert len(tables.history) == 1
    assert tables.sources == []


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
    assert [row["VALUE"] for row in _tables(whole).history] == ["a", "b", "a", "a"]
    assert list(tmp_path.iterdir()) == []


def _changed(one: Record) -> Record:
    return _record(int(one["id"]), {**_none(), "note": [("b", "2024-01-02T00:00:00Z")]}, "2026-11-21T00:00:00.000Z")


def _none() -> dict[str, list[tuple[str, str]]]:
    return {name: [] for name in NAMES}


def _carried(
    day: EarlierDay,
    after: Sequence[Record],
    *,
    gone: set[int] = frozenset(),  # type: ignore[assignment]
    cleared: str | None = "",
    properties: Sequence[Property] = PROPERTIES,
) -> tuple[Tables, int, list[str]]:
    """The tables of `after`, how many records were carried from `day`, and which were read again."""
    by_id = {one["id"]: one for one in after}
    # A few cells a chunk, so that chunks of the earlier day, the list and the whole end at different records.
    whole, current = KeptChunks(properties), KeptChunks(properties, cells_a_chunk=30)
    for one in after:
        current.add([_values_only(one, cleared=cleared)], READ_AT)
    with TemporaryDirectory() as directory:
        history = CarriedHistory(day, "0-1", whole, Path(directory))
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
    records = TABLES.with_object_properties
    rows = [_rows_of(records, chunk, PROPERTIES) for chunk in chunks.chunks()]
    return EarlierDay(
        EarlierTable(records.name, rows, schema(list(records.columns))),
        _earlier_table(TABLES.history, chunks),
        _earlier_table(TABLES.properties, chunks),
        _earlier_table(TABLES.sources, chunks),
    )


def _earlier_table(table: Table, chunks: KeptChunks) -> EarlierTable:
    dtypes = schema(list(table.columns))
    rows = pl.concat([dtypes.to_frame(), *(_rows_of(table, chunk, PROPERTIES) for chunk in chunks.chunks())])
    # Files are read in pieces that end between any two rows.
    return EarlierTable(table.name, [as_texts(rows[start : start + 7]) for start in range(0, rows.height, 7)], dtypes)


def _rows(records: Sequence[Record]) -> Tables:
    chunks = KeptChunks(PROPERTIES)
    for one in records:
        chunks.add([one], READ_AT)
    return _tables(chunks)


def _tables(chunks: KeptChunks) -> Tables:
    return Tables(
        *(
            [row for chunk in chunks.chunks() for row in _rows_of(table, chunk, chunks.properties).rows(named=True)]
            for table in IN_ORDER
        )
    )


def _rows_of(table: Table, chunk: Chunk, properties: Sequence[Property]) -> pl.DataFrame:
    columns, rows = columns_and_rows(TABLES, table, properties)
    return as_columns(Rows(table.name, columns, rows).of_chunk(chunk), schema(list(columns)))


def _without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != INGESTEDAT} for row in rows]
