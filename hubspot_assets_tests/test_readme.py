"""The README is true: the tables, settings and commands it lists are those there are, and its statements read all."""

import ast
import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
from typer.main import get_command

from hubspot_assets.catalog.fixed_tables import FIXED_TABLES, MARKETING_EVENT_PARTICIPATIONS
from hubspot_assets.catalog.names import type_name
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.cli.app import app
from hubspot_assets.lake.csv_gzip import GrowingFile, compress, header, slices
from hubspot_assets.settings import Settings, variable

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [*FIXED_TABLES, MARKETING_EVENT_PARTICIPATIONS], ids=lambda table: table.name)
def test_every_fixed_table_is_listed_with_the_api_it_comes_from(table) -> None:
    assert f"| `{table.name}` | {table.source} | {table.description} |" in README


@pytest.mark.parametrize("object_type", STANDARD_OBJECT_TYPES, ids=lambda t: t.object_type_id)
def test_every_object_type_is_listed_with_the_api_it_comes_from(object_type) -> None:
    line = f"| `{type_name(object_type)}` | {object_type.plural_label} {object_type.object_type_id} |"
    assert f"{line} {object_type.source.value.title} |" in README


def test_no_object_type_is_listed_that_there_is_not() -> None:
    listed = re.findall(r"^\| `(\w+)` \| .* (\d+-\d+) \|", README, flags=re.MULTILINE)
    assert listed == [(type_name(t), t.object_type_id) for t in STANDARD_OBJECT_TYPES]


@pytest.mark.parametrize("name", sorted(map(variable, Settings.model_fields)))
def test_every_setting_is_listed(name: str) -> None:
    assert f"`{name}`" in README


def test_no_setting_is_listed_that_there_is_not() -> None:
    assert set(re.findall(r"`(HUBSPOT_\w+)", README)) <= set(map(variable, Settings.model_fields))


def test_every_command_is_listed_and_no_other() -> None:
    listed = set(re.findall(r"^\| `hubspot-assets (\w+)", README, flags=re.MULTILINE))
    assert listed == set(get_command(app).commands)


def test_every_command_of_connect_is_listed_and_no_other() -> None:
    connect = get_command(app).commands["connect"]
    (line,) = re.findall(r"^\| `hubspot-assets connect .*$", README, flags=re.MULTILINE)
    assert re.findall(r"`(?:hubspot-assets connect )?([\w-]+)`", line) == list(connect.commands)


def test_every_make_target_of_the_readme_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make (\w+)", README, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def block(language: str) -> str:
    """The code block of a language, as it is printed."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    return str(found)


LONGEST = {f"P{n:02d}": text * (65_536 // len(text)) for n, text in enumerate(['"', "é\n", "😀,", "\x01", "a"] * 8)}
"""A record of 40 texts of HubSpot's most characters, some of which need two to six bytes in CSV or JSON."""


def wide() -> pl.DataFrame:
    short = {name: text[:3] for name, text in LONGEST.items()}
    awkward: dict[str, str | None] = {**short, "P00": None, "P01": "", "P02": "NULL", "P03": "#", "P04": "0012"}
    return pl.DataFrame([short, LONGEST, awkward, LONGEST, short])


def as_json() -> pl.DataFrame:
    return pl.DataFrame({"ID": ["1", "2"], "PROPERTIES": ['{"a":"b"}', json.dumps(LONGEST, separators=(",", ":"))]})


@pytest.fixture(params=[wide, as_json])
def rows(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """The rows of the one file that lies where the README's statements look for files."""
    frame: pl.DataFrame = request.param()
    file = GrowingFile(header(frame.columns))
    for part in slices([frame]):
        file.add(compress(part))
    folder = tmp_path / ".demo/s3/demo-bucket/hubspot/2026-11-22/OBJECT_PROPERTIES/CONTACTS"
    folder.mkdir(parents=True)
    (folder / "data_00000.csv.gz").write_bytes(file.whole())
    (folder / "_manifest.json").write_bytes(b"{}")
    monkeypatch.chdir(tmp_path)
    return frame


def without_null(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(cell or "" for cell in row) for row in frame.rows()]


def test_the_sql_statement_reads_the_longest_records(rows: pl.DataFrame) -> None:
    with duckdb.connect() as connection:
        assert connection.sql(block("sql")).fetchall() == rows.rows()


def test_the_python_statements_read_the_longest_records(rows: pl.DataFrame) -> None:
    (path,) = Path().rglob("*.csv.gz")
    known = {"polars": pl, "pandas": pd, "csv": csv, "gzip": gzip, "path": path}
    limit = csv.field_size_limit()
    try:
        values = [eval(ast.unparse(one), known) for one in ast.parse(block("python")).body]  # noqa: S307
        by_polars, by_pandas, _, by_csv = values
        assert by_polars.rows() == rows.rows()
        assert [tuple(row) for row in by_pandas.itertuples(index=False)] == without_null(rows)
        assert [tuple(row) for row in by_csv] == [tuple(rows.columns), *without_null(rows)]
    finally:
        csv.field_size_limit(limit)


def test_duckdb_would_refuse_the_longest_records_without_what_the_statement_says_of_lines(rows: pl.DataFrame) -> None:
    shorter = re.sub(r",\s*max_line_size=\d+, buffer_size=\d+", "", block("sql"))
    with duckdb.connect() as connection, pytest.raises(duckdb.Error):
        connection.sql(shorter).fetchall()
