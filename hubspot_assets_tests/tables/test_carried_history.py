"""History carried forward gives what a whole read gives, whatever changed between two days."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.tables.carried_history import CarriedHistory, EarlierDay, NotInOrder
from hubspot_assets.tables.properties import Property
from hubspot_assets.tables.spool import INGESTEDAT, Spool

from .making import ANY_LOAD, READ_AT, Tables, frames_of, record

PROPERTIES = [
    Property("note", "string"),
    Property("number", "number"),
    Property("since", "datetime"),
    Property("birthday", "date"),
]
NAMES = [p.name for p in PROPERTIES]
YESTERDAY = READ_AT - timedelta(days=1)

Record = dict[str, Any]

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
    crawl = Spool(tmp_path, PROPERTIES)
    crawl.add([record(1), record(2)], READ_AT)
    frames = _earlier_day([record(2), record(1)])

    with pytest.raises(NotInOrder):
        list(CarriedHistory(crawl, "0-1", tmp_path).compare(frames))


def test_what_set_a_version_that_is_of_another_reading_is_refused(tmp_path: Path):
    one = _record(1, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    other = _record(1, {**_none(), "note": [("a", "2024-01-02T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    crawl = Spool(tmp_path, PROPERTIES)
    crawl.add([one], READ_AT)
    day = replace(_earlier_day([one]), sources=_earlier_day([other]).sources)

    with pytest.raises(NotInOrder, match="not of one reading"):
        list(CarriedHistory(crawl, "0-1", tmp_path).compare(day))


def test_versions_are_carried_without_what_set_them_where_nobody_needs_it(tmp_path: Path):
    one = _record(1, {**_none(), "note": [("a", "2024-01-01T00:00:00Z")]}, "2026-11-20T00:00:00.000Z")
    (tmp_path / "a").mkdir()
    crawl = Spool(tmp_path / "a", PROPERTIES)
    crawl.add([one], READ_AT)

    history = CarriedHistory(crawl, "0-1", tmp_path)

    assert list(history.compare(replace(_earlier_day([one]), sources=None))) == []
    assert history.carried == 1


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
    with TemporaryDirectory() as directory:
        folders = [Path(directory) / name for name in ("crawl", "fresh", "merged")]
        for folder in folders:
            folder.mkdir()
        # A few cells a chunk, so that chunks of the three spools end at different records.
        crawl, fresh, merged = (
            Spool(folder, properties, cells_a_chunk=cells) for folder, cells in zip(folders, (30, 14, 30), strict=True)
        )
        for one in after:
            crawl.add([_values_only(one, cleared=cleared)], READ_AT)
        history = CarriedHistory(crawl, "0-1", Path(directory))
        asked = list(history.compare(_earlier_day(before)))
        by_id = {one["id"]: one for one in after}
        for number in asked:
            if int(number) not in gone:
                fresh.add([by_id[number]], READ_AT)
        history.merge(fresh, merged)
        return _tables(merged), history.carried, asked


def _earlier_day(before: Sequence[Record]) -> EarlierDay:
    with TemporaryDirectory() as directory:
        spool = Spool(Path(directory), PROPERTIES, cells_a_chunk=20)
        for one in before:
            spool.add([one], YESTERDAY)
        frames = frames_of(spool)
        # The files of the two tables are cut at other rows.
        sources = pl.concat([made[5] for made in frames]) if frames else pl.DataFrame()
        cut = [sources[start : start + 7] for start in range(0, sources.height, 7)]
        return EarlierDay([made[2] for made in frames], [made[4] for made in frames], cut)


def _rows(records: Sequence[Record]) -> Tables:
    with TemporaryDirectory() as directory:
        spool = Spool(Path(directory), PROPERTIES)
        for one in records:
            spool.add([one], READ_AT)
        return _tables(spool)


def _tables(spool: Spool) -> Tables:
    def rows(place: int) -> Iterator[dict[str, Any]]:
        for made in frames_of(spool):
            yield from made[place].rows(named=True)

    return Tables(*(list(rows(place)) for place in range(6)))


def _without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != INGESTEDAT} for row in rows]
