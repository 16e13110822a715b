"""Days of Parquet alone are asked like those of CSV: the same cells, days of both kinds together, no change between."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
import duckdb
import polars as pl
import polars.selectors as cs
import pytest
from typer.testing import CliRunner

from hubspot_assets.cli.app import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake
from hubspot_assets.lake.formats import FILE_FORMATS
from hubspot_assets.settings import Settings
from hubspot_assets.warehouse.query import files
from hubspot_assets.warehouse.query.session import Session, open_session
from hubspot_assets_tests.exported import BUCKET, environment
from hubspot_assets_tests.warehouse.awkward import (
    BEFORE,
    DAY,
    LONG_TEXTS,
    TEXTS,
    Awkward,
    awkward_days,
    contacts,
    owners,
    properties,
)
from hubspot_assets_tests.warehouse.local_s3 import S3OnDisk
from hubspot_assets_tests.warehouse.test_query import _typed, rows


@pytest.fixture(scope="module")
def awkward(s3: DemoS3) -> Iterator[Awkward]:
    with awkward_days(s3, "parquet-only", formats=("parquet",)) as days:
        yield days


@pytest.fixture
def session(awkward: Awkward) -> Iterator[Session]:
    with open_session(Settings()) as opened:
        yield opened


def test_every_cell_of_every_table_is_as_the_lake_reads_it(
    awkward: Awkward, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_LARGE_BYTES", 100_000)
    for table in awkward.tables():
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        found = rows(session, f"SELECT {names} FROM V2_LIVE.{table.name}")
        expected = _typed(awkward.texts(table), table.columns)
        assert sorted(found, key=repr) == sorted(expected, key=repr), table.name


def test_every_day_has_its_rows(session: Session) -> None:
    counts = rows(session, "SELECT DAY::VARCHAR, count(*) FROM V2_DAILY.OBJECT_PROPERTIES GROUP BY 1 ORDER BY 1")
    assert counts == [(day, len(TEXTS) + len(LONG_TEXTS) + 3) for day in (BEFORE, DAY)]


def test_spark_sees_the_day_as_a_column_and_every_cell_of_it(awkward: Awkward, spark: Any) -> None:
    for table in awkward.tables("OBJECTS_CONTACTS", "OWNERS"):
        file = awkward.s3.directory / BUCKET / awkward.lake.layout.partition(table.name, DAY, "parquet")
        # Without this option, Spark takes the columns of any one day for those of all.
        every = spark.read.option("mergeSchema", "true").parquet(str(file.parents[1]))
        assert {str(row["day"]) for row in every.select("day").distinct().collect()} == {BEFORE, DAY}
        moments = {column.name for column in table.columns if column.kind.value == "timestamp"}
        cells = [
            f"date_format({column.name}, 'yyyy-MM-dd HH:mm:ss.SSS')" if column.name in moments else f"`{column.name}`"
            for column in table.columns
        ]
        found = [
            tuple(
                datetime.fromisoformat(cell) if cell is not None and column.name in moments else cell
                for cell, column in zip(row, table.columns, strict=True)
            )
            for row in every.where(f"day = '{DAY}'").selectExpr(*cells).collect()
        ]
        in_file = pl.read_parquet(file, hive_partitioning=False).select(column.name for column in table.columns)
        expected = in_file.with_columns(cs.datetime().dt.replace_time_zone(None)).rows()
        assert sorted(found, key=repr) == sorted(expected, key=repr), table.name


@pytest.mark.parametrize("formats", [("csv", "parquet"), ("parquet", "csv")])
def test_a_day_of_parquet_after_one_of_csv_has_no_changes_and_the_same_rows(
    s3: DemoS3, formats: tuple[str, str]
) -> None:
    prefix = "-then-".join(formats)
    variables = {**s3.environment, "AWS_EC2_METADATA_DISABLED": "true", "HUBSPOT_S3_URL": f"s3://{BUCKET}/{prefix}"}
    with environment(variables):
        for day, form in zip((BEFORE, DAY), formats, strict=True):
            lake = Lake(boto3.Session().client("s3"), BUCKET, prefix, formats=(form,))
            lake.write("OBJECTS_CONTACTS", day, contacts(with_new=False))
            lake.write("OWNERS", day, owners("PERSON", "QUEUE"))
            lake.write("OBJECT_PROPERTIES/CONTACTS", day, properties("0-1", TEXTS))
            lake.close_day(day)
        told = CliRunner().invoke(app, ["changes", "--from", BEFORE, "--to", DAY, "--json"])
        counts = {row.pop("TABLE"): row for row in json.loads(told.stdout)}
        with open_session(Settings()) as session:
            compared = [
                rows(session, f"SELECT * EXCLUDE (DAY) FROM V2_DAILY.{table} WHERE DAY = '{day}'")
                for table in ("OBJECTS_CONTACTS", "OWNERS")
                for day in (BEFORE, DAY)
            ]
    assert set(counts) == {"OBJECTS_CONTACTS", "OWNERS", "OBJECT_PROPERTIES"}
    assert all(row == {"INSERTED": 0, "UPDATED": 0, "DELETED": 0} for row in counts.values())
    assert sorted(compared[0], key=repr) == sorted(compared[1], key=repr)
    assert sorted(compared[2], key=repr) == sorted(compared[3], key=repr)


def test_duckdb_loads_a_day_of_parquet_by_its_script(awkward: Awkward) -> None:
    told = CliRunner().invoke(app, ["sql", "--for", "duckdb"])
    assert told.exit_code == 0
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register_filesystem(S3OnDisk(awkward.s3.directory))
        assert connection.execute(told.stdout).fetchall() == []
        for table in awkward.tables():
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            found = connection.execute(f'SELECT {names} FROM HUBSPOT_RAW."{table.name}"').fetchall()
            assert sorted(found, key=repr) == sorted(awkward.texts(table), key=repr), table.name


@pytest.mark.usefixtures("awkward")
def test_other_warehouses_are_told_where_the_files_are() -> None:
    told = CliRunner().invoke(app, ["sql", "--for", "snowflake"])
    assert told.exit_code == 1
    assert told.stdout == ""
    sentence = " ".join(told.stderr.split())
    assert "no CSV files on that day, which are what these statements load: let Snowflake read s3://" in sentence
    assert "parquet-only/parquet/<TABLE>/ itself, partitioned by day, or export with HUBSPOT_FORMATS=csv,parquet." in (
        sentence
    )


def test_the_formats_are_those_that_the_session_reads(session: Session) -> None:
    known = session.run_as_it_is("SELECT DISTINCT function_name FROM duckdb_functions()")
    assert known is not None
    assert {(f"read_{name}",) for name in FILE_FORMATS} <= set(known.rows())
