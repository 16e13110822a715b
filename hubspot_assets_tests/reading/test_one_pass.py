"""One pass: tables are made and uploaded while their type is read, and are what they would be if it were read first."""

import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.defs.assets.object_types import columns_and_rows
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, LakeError, TableMissing, csv_gzip
from hubspot_assets.lake.store import Store
from hubspot_assets.reading.one_pass import OnePass, Rows
from hubspot_assets.tables.chunks import Chunks
from hubspot_assets.tables.properties import Property
from hubspot_assets_tests.exported import BUCKET, client_of
from hubspot_assets_tests.tables.making import CONTRACT, READ_AT, KeptChunks, record

DAY = "2026-11-22"
PROPERTIES = [Property("name", "string"), Property("number", "number")]
TABLES = CONTRACT.objects["0-1"]
ROWS = {table.name: Rows(table.name, *columns_and_rows(TABLES, table, PROPERTIES)) for table in TABLES}
_numbers = itertools.count()


@pytest.fixture
def lake(s3: DemoS3) -> Iterator[Lake]:
    client = client_of(s3)
    with Lake(client, BUCKET, f"one_pass/{next(_numbers)}", file_bytes=1000).exporting(DAY) as held:
        yield held


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a thousand bytes need slices that are smaller."""
    monkeypatch.setattr(csv_gzip, "slices", partial(csv_gzip.slices, slice_bytes=500))
    monkeypatch.setattr(csv_gzip, "_TOGETHER_BYTES", 1)


def contacts() -> Iterator[dict[str, Any]]:
    for number in range(1, 301):
        values = {"name": f"{number * 7919 % 1009:x} {number * 104729:x}", "number": str(number)}
        yield record(number, values, {name: [(value, "2024-01-01T00:00:00Z")] for name, value in values.items()})


def read(chunks: Chunks) -> None:
    for one in contacts():
        chunks.add([one], READ_AT)
    chunks.flush()


def files_of(lake: Lake, table: str) -> list[str]:
    store = Store(lake._client, BUCKET)
    return sorted(key for key, _ in store.list(lake.layout.table(table, DAY), subfolders=False))


def frames(chunks: int) -> dict[str, pl.DataFrame]:
    kept = KeptChunks(PROPERTIES, cells_a_chunk=chunks)
    read(kept)
    return {name: pl.concat(map(rows.of_chunk, kept.chunks())) for name, rows in ROWS.items()}


def test_files_are_there_while_a_type_is_read_and_no_table_is(lake: Lake, tmp_path: Path) -> None:
    with OnePass(lake, DAY, ROWS, tmp_path) as one_pass:
        read(Chunks(PROPERTIES, one_pass, cells_a_chunk=100))
        for name in ROWS:
            with pytest.raises(TableMissing):
                lake.manifest(name, DAY)
        assert all(files_of(lake, name) for name in ROWS if name != TABLES.ids.name)
        one_pass.end()
        for name in ROWS:
            lake.commit(one_pass.uploaded.pop(name))

    for name, frame in frames(10**6).items():
        assert lake.read(name, DAY).collect().equals(frame), name


def test_the_same_rows_are_the_same_files_however_they_came(lake: Lake, tmp_path: Path) -> None:
    with OnePass(lake, DAY, ROWS, tmp_path) as one_pass:
        read(Chunks(PROPERTIES, one_pass, cells_a_chunk=70))
        one_pass.end()
        by_pass = {name: lake.commit(one_pass.uploaded.pop(name)) for name in ROWS}
    whole = frames(10**6)
    for name, rows in ROWS.items():
        at_once = lake.write(name, DAY, rows.content([whole[name]]))
        assert [file.sha256 for file in by_pass[name].files] == [file.sha256 for file in at_once.files]
        assert len(at_once.files) > 1 or name == TABLES.ids.name


def test_what_is_not_committed_is_deleted(lake: Lake, tmp_path: Path) -> None:
    with OnePass(lake, DAY, ROWS, tmp_path) as one_pass:
        read(Chunks(PROPERTIES, one_pass, cells_a_chunk=100))
        one_pass.end()
        lake.commit(one_pass.uploaded.pop(TABLES.wide.name))
        assert files_of(lake, TABLES.history.name)

    assert lake.manifest(TABLES.wide.name, DAY).rows == 300
    assert files_of(lake, TABLES.history.name) == []


def test_what_was_taken_is_forgotten_when_it_is_read_anew(lake: Lake, tmp_path: Path) -> None:
    with OnePass(lake, DAY, ROWS, tmp_path) as one_pass:
        chunks = Chunks(PROPERTIES, one_pass, cells_a_chunk=100)
        read(chunks)
        chunks.clear()
        assert [files_of(lake, name) for name in ROWS] == [[]] * len(ROWS)
        read(chunks)
        one_pass.end()
        assert lake.commit(one_pass.uploaded.pop(TABLES.ids.name)).rows == 300


def test_a_table_that_can_not_be_written_ends_the_reading(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Store.put

    def refusing(store: Store, key: str, *rest: Any, **how: Any) -> Any:
        if "HISTORY_SOURCES" in key:
            raise LakeError("refused")
        return put(store, key, *rest, **how)

    monkeypatch.setattr(Store, "put", refusing)
    with OnePass(lake, DAY, ROWS, tmp_path) as one_pass:
        chunks = Chunks(PROPERTIES, one_pass, cells_a_chunk=30)
        with pytest.raises(LakeError, match="refused"):
            read(chunks)
        assert 0 < chunks.records < 300

    assert [files_of(lake, name) for name in ROWS] == [[]] * len(ROWS)


def test_one_chunk_waits_until_all_was_read(lake: Lake, tmp_path: Path) -> None:
    with OnePass(lake, DAY, ROWS, tmp_path) as one_pass:
        read(Chunks(PROPERTIES, one_pass, cells_a_chunk=10**6))
        one_pass.end()
        (chunk,) = one_pass.chunks()

    assert one_pass.uploaded == {}
    assert chunk.values.height == 300


def test_a_table_whose_columns_are_known_in_the_end_has_the_values_of_all(lake: Lake, tmp_path: Path) -> None:
    perhaps = [Property("name", "string"), Property("never", "string")]
    with OnePass(lake, DAY, {}, tmp_path, perhaps, of_values=True) as one_pass:
        read(Chunks([*PROPERTIES, perhaps[1]], one_pass, cells_a_chunk=100))
        one_pass.end()
        values = [chunk.values for chunk in one_pass.chunks()]
        assert one_pass.filled == perhaps[:1]

    assert len(values) > 1
    assert sum(one.height for one in values) == 300
