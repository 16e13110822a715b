"""The combined tables are read as one table by a glob, whichever reader globs."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from hubspot_assets.catalog.object_types import ObjectType
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

FOLDERS = [
    "OBJECTS",
    "OBJECT_PROPERTIES",
    "OBJECT_PROPERTIES_HISTORY",
    "OBJECT_WITH_OBJECT_PROPERTIES",
    "ASSOCIATIONS",
]
CAR = ObjectType("2-111", "cars", "Car", "Cars", ("crm.objects.custom.read",))
TYPES = ("0-1", "0-2", "0-28", "0-30", "0-4", "0-46")


@pytest.fixture(scope="module")
def day(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    """Types of several APIs, one of them without any, a custom object, and tables without rows."""
    directory = tmp_path_factory.mktemp("combined")
    known = catalogue(*TYPES, custom=[CAR], pairs=[("0-1", "0-2"), ("0-2", "0-2"), ("0-1", "0-30")])
    with small_export(s3, directory, known) as small:
        result = small.export()
        assert not result.failed
        yield small


def tables_in(day: SmallExport, folder: str) -> list[str]:
    return [table.name for table in day.portal_tables if table.name.startswith(f"{folder}/")]


def path_of(day: SmallExport, folder: str) -> Path:
    return day.folder / str(YESTERDAY) / folder


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_a_combined_table_has_the_same_header(day: SmallExport, folder: str) -> None:
    headers: dict[tuple[str, ...], list[str]] = {}
    rows: dict[str, int] = {}
    for path in sorted(path_of(day, folder).rglob("*")):
        # As Athena does: whatever does not begin with _ or . below the folder is data.
        if path.is_dir() or path.name.startswith(("_", ".")):
            continue
        with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
            header, *records = list(csv.reader(file))
        headers.setdefault(tuple(header), []).append(path.parent.name)
        rows[path.parent.name] = rows.get(path.parent.name, 0) + len(records)
        assert {len(record) for record in records} <= {len(header)}
    assert len(headers) == 1, headers
    assert {f"{folder}/{name}": count for name, count in rows.items()} == {
        name: day.manifest(name).rows for name in tables_in(day, folder)
    }
    assert sum(rows.values()) > 0
    assert 0 in rows.values(), "a table without rows is among them, and its header fits, too"


@pytest.mark.parametrize("folder", FOLDERS)
def test_duckdb_and_polars_read_a_combined_table_by_a_glob(day: SmallExport, folder: str) -> None:
    glob = f"{path_of(day, folder)}/**/*.csv.gz"
    key = "FROMOBJECTID" if folder == "ASSOCIATIONS" else "OBJECTID"
    tables = [day.frame(name) for name in tables_in(day, folder)]
    ids = sorted(value for table in tables for value in table[key])
    names = tables[0].columns
    with duckdb.connect() as connection:
        read = connection.sql(f"FROM read_csv('{glob}', header = true, all_varchar = true, union_by_name = false)")
        assert read.columns == names
        assert sorted(value for (value,) in read.project(key).fetchall()) == ids
    scanned = pl.scan_csv(glob, infer_schema=False, glob=True).collect()
    assert scanned.columns == names
    assert sorted(scanned[key]) == ids


def test_a_combined_table_tells_its_object_types_apart(day: SmallExport) -> None:
    with duckdb.connect() as connection:
        glob = f"{path_of(day, 'OBJECTS')}/**/*.csv.gz"
        read = connection.sql(f"FROM read_csv('{glob}', all_varchar = true)")
        counted = read.aggregate("OBJECTTYPEID, count(*)").fetchall()
    assert dict(counted) == {
        type_id: rows
        for type_id, tables in day.portal_tables.objects.items()
        if (rows := day.manifest(tables.ids.name).rows)
    }
    assert {"0-1", "0-4", "0-28", "2-111"} <= dict(counted).keys()
