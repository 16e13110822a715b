"""A table in CSV, in Parquet, in both: the same cells whoever reads them, and never half a table in a folder."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from hubspot_assets.catalog.columns import Column, ColumnType
from hubspot_assets.errors import SettingError
from hubspot_assets.lake import Lake, LakeError, TableContent, TableReplaced, large_objects
from hubspot_assets.lake.exporting import LeaseLost
from hubspot_assets.lake.formats import formats_in
from hubspot_assets_tests.warehouse.awkward import DATES, MOMENTS, TEXTS

DAY = "2026-11-22"
BOTH = ("csv", "parquet")
WIDE = {
    "OBJECTID": "string",
    "PROPERTY_AMOUNT": "number",
    "PROPERTY_RATE": "number",
    "PROPERTY_ODD": "number",
    "PROPERTY_CLOSED": "datetime",
    "PROPERTY_DAY": "date",
    "PROPERTY_TEXT": "string",
    "PROPERTY_UNPARSED_AMOUNT": "string",
    "ARCHIVED": "boolean",
    "DISPLAYORDER": "number",
    "PROPERTIES": "json",
}
AMOUNTS = [None, "1500.00", "0012", "1.0E7", "-0", "9007199254740993", "99999999999999999999", "0.1"]
RATES = [None, "0.333333333333333333", "-12345678901234567890.5", "7"]
ODD = [None, "1", "0.1", "123456789012345678901234567890123456789"]


def wide(rows: range) -> pl.DataFrame:
    def cell(values: list[Any], row: int) -> Any:
        return values[row % len(values)]

    made = [
        (
            str(10**17 + row),
            cell(AMOUNTS, row),
            cell(RATES, row),
            cell(ODD, row),
            cell([None, *MOMENTS], row),
            cell([None, *DATES], row),
            cell(TEXTS, row),
            cell(AMOUNTS, row),
            cell([None, True, False], row),
            str(row - 1),
            '{"a":"b"}',
        )
        for row in rows
    ]
    types: dict[str, ColumnType] = WIDE  # type: ignore[assignment]
    schema = {name: Column(name, kind).dtype for name, kind in types.items()}
    return pl.DataFrame(made, schema=schema, orient="row")


def content(*frames: pl.DataFrame) -> TableContent:
    types: dict[str, ColumnType] = WIDE  # type: ignore[assignment]
    return TableContent([Column(name, kind) for name, kind in types.items()], iter(frames))


def lake_of(lake: Lake, *formats: str) -> Lake:
    """The same lake, written in these formats."""
    return Lake(lake._store._client, lake.layout.bucket, lake.layout.prefix, formats=formats)


@pytest.fixture
def written(lake: Lake, folder: Path) -> Path:
    """A table in both formats; gives its file of Parquet on the disk."""
    lake_of(lake, *BOTH).write("OBJECTS_CONTACTS", DAY, content(wide(range(60)), wide(range(60, 130))))
    return folder / "parquet" / "OBJECTS_CONTACTS" / f"day={DAY}" / "OBJECTS_CONTACTS.parquet"


@pytest.mark.parametrize("formats", [("csv",), ("parquet",), BOTH])
def test_our_own_reader_gives_every_cell_as_it_was_whatever_the_format(lake: Lake, formats: tuple[str, ...]) -> None:
    frames = [wide(range(60)), wide(range(60, 130))]
    lake = lake_of(lake, *formats)
    manifest = lake.write("OBJECTS_CONTACTS", DAY, content(*frames))
    assert (bool(manifest.files), list(manifest.formats)) == ("csv" in formats, [f for f in formats if f != "csv"])
    assert manifest.rows == 130
    assert lake.manifest("OBJECTS_CONTACTS", DAY) == manifest
    assert lake.read("OBJECTS_CONTACTS", DAY).collect().equals(pl.concat(frames))
    few = lake.read("OBJECTS_CONTACTS", DAY).select("PROPERTY_AMOUNT", "OBJECTID").filter(pl.col("OBJECTID") > "1")
    assert few.collect().equals(pl.concat(frames).select("PROPERTY_AMOUNT", "OBJECTID"))
    assert lake.read("OBJECTS_CONTACTS", DAY).head(3).collect().equals(wide(range(3)))


def test_csv_is_the_same_byte_for_byte_whatever_is_written_beside_it(lake: Lake, folder: Path) -> None:
    files = []
    for formats in (("csv",), BOTH):
        manifest = lake_of(lake, *formats).write("OBJECTS_CONTACTS", DAY, content(wide(range(130))))
        files.append((folder / DAY / "OBJECTS_CONTACTS" / manifest.files[0].name).read_bytes())
    assert files[0] == files[1]


def test_without_parquet_the_manifest_says_nothing_of_it(lake: Lake, folder: Path) -> None:
    lake.write("OBJECTS_CONTACTS", DAY, content(wide(range(3))))
    assert "formats" not in json.loads((folder / DAY / "OBJECTS_CONTACTS" / "_manifest.json").read_bytes())
    assert sorted(path.name for path in folder.iterdir()) == [DAY]


def test_columns_have_their_types_and_a_number_that_does_not_fit_makes_its_column_text(written: Path) -> None:
    schema = pq.read_schema(written)
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types == {
        "OBJECTID": "string",
        "PROPERTY_AMOUNT": "decimal128(38, 18)",
        "PROPERTY_RATE": "decimal128(38, 18)",
        "PROPERTY_ODD": "string",
        "PROPERTY_CLOSED": "timestamp[ms, tz=UTC]",
        "PROPERTY_DAY": "date32[day]",
        "PROPERTY_TEXT": "string",
        "PROPERTY_UNPARSED_AMOUNT": "string",
        "ARCHIVED": "bool",
        "DISPLAYORDER": "decimal128(38, 18)",
        "PROPERTIES": "string",
    }


def test_files_are_compressed_with_zstd_and_have_statistics(written: Path) -> None:
    group = pq.read_metadata(written).row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    assert {column.compression for column in columns} == {"ZSTD"}
    assert all(column.statistics is not None and column.statistics.has_null_count for column in columns)
    assert columns[0].statistics.min == str(10**17)


def plain(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Rows to compare: numbers by their value where they are decimals, moments without a zone."""
    zoned = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    return frame.with_columns(pl.col(name).dt.replace_time_zone(None) for name in zoned).rows()


def by_polars(path: Path) -> list[tuple[Any, ...]]:
    return plain(pl.read_parquet(path))


def by_pyarrow(path: Path) -> list[tuple[Any, ...]]:
    return [
        tuple(cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell for cell in row.values())
        for row in pq.read_table(path).to_pylist()
    ]


def by_duckdb(path: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(
            f"SELECT * REPLACE (PROPERTY_CLOSED AT TIME ZONE 'UTC' AS PROPERTY_CLOSED) "
            f"FROM read_parquet('{path}', hive_partitioning = false)"
        ).fetchall()


@pytest.mark.parametrize("reader", [by_duckdb, by_polars, by_pyarrow])
def test_readers_find_every_cell_of_the_csv(written: Path, lake: Lake, reader: Any) -> None:
    from decimal import Decimal

    decimals = {"PROPERTY_AMOUNT", "PROPERTY_RATE", "DISPLAYORDER"}
    csv = lake.read("OBJECTS_CONTACTS", DAY).collect().rows(named=True)
    expected = [
        tuple(Decimal(cell) if name in decimals and cell is not None else cell for name, cell in row.items())
        for row in csv
    ]
    assert reader(written) == expected


def test_the_day_is_a_partition_and_a_combined_table_is_one(lake: Lake, folder: Path) -> None:
    lake = lake_of(lake, "parquet")
    for day in ("2026-11-21", DAY):
        for part in ("CONTACTS", "DEALS"):
            lake.write(f"OBJECT_PROPERTIES/{part}", day, content(wide(range(3))))
    table = folder / "parquet" / "OBJECT_PROPERTIES"
    assert sorted(str(path.relative_to(table)) for path in table.rglob("*.*")) == [
        f"day={day}/{part}.parquet" for day in ("2026-11-21", DAY) for part in ("CONTACTS", "DEALS")
    ]
    days = [("2026-11-21", 6), (DAY, 6)]
    statement = f"SELECT day::VARCHAR, count(*) FROM read_parquet('{table}/*/*.parquet') GROUP BY 1 ORDER BY 1"
    with duckdb.connect() as connection:
        assert connection.execute(statement).fetchall() == days
    assert pl.scan_parquet(table).group_by("day").len().cast({"day": pl.String}).sort("day").collect().rows() == days
    arrow = ds.dataset(table, partitioning="hive").to_table().group_by("day").aggregate([([], "count_all")])
    assert sorted((str(row["day"]), row["count_all"]) for row in arrow.to_pylist()) == days


def test_a_table_without_rows_has_its_columns(lake: Lake, folder: Path) -> None:
    manifest = lake_of(lake, "parquet").write("OWNERS", DAY, content())
    file = folder / manifest.formats["parquet"].name
    assert manifest.rows == 0
    assert pq.read_table(file).num_rows == 0
    assert pq.read_schema(file).names == list(WIDE)
    assert lake.read("OWNERS", DAY).collect().equals(wide(range(0)))


def test_a_table_that_is_exported_again_takes_the_place_of_the_old_one(lake: Lake, folder: Path) -> None:
    lake = lake_of(lake, *BOTH)
    for rows in (5, 7):
        manifest = lake.write("OWNERS", DAY, content(wide(range(rows))))
    (file,) = (folder / "parquet").rglob("*.*")
    told = manifest.formats["parquet"]
    assert (str(file.relative_to(folder)), file.stat().st_size) == (told.name, told.bytes)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == told.sha256
    assert pl.read_parquet(file).height == 7


def test_until_the_whole_table_is_read_a_folder_has_the_old_one(lake: Lake, folder: Path) -> None:
    lake = lake_of(lake, *BOTH)
    lake.write("OWNERS", DAY, content(wide(range(5))))
    (file,) = (folder / "parquet").rglob("*.*")
    seen = []

    def frames() -> Iterator[pl.DataFrame]:
        yield wide(range(7))
        seen.append(pl.read_parquet(file.parent).height)
        raise ValueError("HubSpot is gone")

    with pytest.raises(ValueError, match="HubSpot is gone"):
        lake.write("OWNERS", DAY, TableContent(content().columns, frames()))
    assert seen == [5]
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert pl.read_parquet(file.parent).height == 5
    assert lake.read("OWNERS", DAY).collect().height == 5


def test_what_is_not_written_any_more_does_not_stay(lake: Lake, folder: Path) -> None:
    for formats, there in ((BOTH, {".gz", ".parquet"}), (("parquet",), {".parquet"}), (("csv",), {".gz"})):
        lake_of(lake, *formats).write("OWNERS", DAY, content(wide(range(5))))
        assert {path.suffix for path in folder.rglob("*.*") if path.is_file()} - {".json"} == there


def test_a_day_of_parquet_alone_is_closed_and_listed(lake: Lake) -> None:
    lake = lake_of(lake, "parquet")
    manifest = lake.write("OWNERS", DAY, content(wide(range(5))))
    success = lake.close_day(DAY, ["OWNERS"])
    assert (success.tables["OWNERS"].rows, success.tables["OWNERS"].bytes) == (5, manifest.bytes)
    assert manifest.bytes > 0
    assert lake.days() == [DAY]
    assert list(lake.manifests(DAY)) == ["OWNERS"]


def test_a_damaged_file_is_told(lake: Lake, folder: Path) -> None:
    lake = lake_of(lake, "parquet")
    lake.write("OWNERS", DAY, content(wide(range(5))))
    (file,) = (folder / "parquet").rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(LakeError, match=r"OWNERS.parquet is damaged: its SHA-256 .* Export the table again"):
        lake.read("OWNERS", DAY).collect()


def test_a_file_that_is_larger_than_a_part_is_put_in_parts_and_whole(
    lake: Lake, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_objects, "PART_BYTES", 1000)
    asked: list[str] = []
    lake._store._client.meta.events.register("before-call.s3.*", lambda model, **_: asked.append(model.name))
    manifest = lake_of(lake, "parquet").write("OWNERS", DAY, content(wide(range(60))))
    parts = -(-manifest.formats["parquet"].bytes // 1000)
    assert asked.count("UploadPart") == parts > 2
    (file,) = (folder / "parquet").rglob("*.parquet")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == manifest.formats["parquet"].sha256


@pytest.mark.parametrize(("text", "formats"), [
    ("csv", ("csv",)), ("parquet", ("parquet",)), ("csv,parquet", BOTH), (" Parquet , csv ", ("parquet", "csv")),
])  # fmt: skip
def test_formats_are_named_by_a_setting(text: str, formats: tuple[str, ...]) -> None:
    assert formats_in(text) == formats


@pytest.mark.parametrize("text", ["", ",", "orc", "csv,orc", "csv parquet"])
def test_a_format_that_is_none_is_told(text: str) -> None:
    with pytest.raises(SettingError, match=r"HUBSPOT_FORMATS is .*: set it to csv, parquet or both"):
        formats_in(text)


def test_of_two_processes_of_one_run_the_first_to_finish_wins(odd_s3: Any) -> None:
    lake = Lake(odd_s3.client(), "bucket", "two", formats=("parquet",))
    how: dict[str, Any] = {"run": "run", "lasting": True}
    with lake.exporting(DAY, **how) as one, lake.exporting(DAY, **how) as other:

        def frames() -> Iterator[pl.DataFrame]:
            yield wide(range(3))
            other.write("OWNERS", DAY, content(wide(range(5))))

        with pytest.raises(TableReplaced):
            one.write("OWNERS", DAY, TableContent(content().columns, frames()))
    assert lake.read("OWNERS", DAY).collect().height == 5


def test_a_run_that_lost_its_day_puts_no_parquet_over_that_of_the_other(odd_s3: Any) -> None:
    lake = Lake(odd_s3.client(), "bucket", "lost", formats=("parquet",))
    with lake.exporting(DAY) as stopped:

        def frames() -> Iterator[pl.DataFrame]:
            yield wide(range(3))
            with lake.exporting(DAY, dead_after=-1) as other:
                other.write("OWNERS", DAY, content(wide(range(5))))

        with pytest.raises(LeaseLost):
            stopped.write("OWNERS", DAY, TableContent(content().columns, frames()))
    assert lake.read("OWNERS", DAY).collect().height == 5
