"""`docs/warehouses.md` is true: every block of it runs, or where the reader is not here, parses in its dialect."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import polars as pl
import pytest
import sqlglot
from typer.testing import CliRunner

from hubspot_assets.cli.app import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.warehouse.dialects import DIALECTS
from hubspot_assets_tests.warehouse.awkward import DAY, READ, Awkward, awkward_days, content

PAGE = (Path(__file__).parents[2] / "docs" / "warehouses.md").read_text(encoding="utf-8")
DEMO = f".demo/s3/demo-bucket/hubspot/{DAY}"


class Block(NamedTuple):
    heading: str
    language: str
    text: str


def blocks() -> list[Block]:
    found = []
    for part in re.split(r"(?m)^##+ ", PAGE)[1:]:
        heading, _, body = part.partition("\n")
        found += [Block(heading, language, text) for language, text in re.findall(r"(?ms)^```(\w+)\n(.*?)^```", body)]
    return found


OF = {language: [block for block in blocks() if block.language == language] for language in ("bash", "sql", "python")}
PARSED = {
    "Databricks and Spark": "databricks",
    "Snowflake": "snowflake",
    "Amazon Redshift": "redshift",
    "Google BigQuery": "bigquery",
    "Amazon Athena": "athena",
}


@pytest.fixture(scope="module")
def awkward(s3: DemoS3) -> Iterator[Awkward]:
    """The awkward days, and in them the tables that the page's statements ask for."""
    deal = {"OBJECTID": "1", "PROPERTY_HUBSPOT_OWNER_ID": "00", "PROPERTY_AMOUNT": "2.5", "PROPERTY_CLOSEDATE": READ}
    owner = {"OWNERID": "00", "EMAIL": "a@example.com", "INGESTEDAT": READ}
    with awkward_days(s3, "page") as days:
        days.lake.write(
            "OBJECTS_DEALS",
            DAY,
            content(
                {
                    "OBJECTID": "string",
                    "PROPERTY_HUBSPOT_OWNER_ID": "string",
                    "PROPERTY_AMOUNT": "number",
                    "PROPERTY_CLOSEDATE": "datetime",
                },
                [deal],
            ),
        )
        days.lake.write(
            "OWNERS", DAY, content({"OWNERID": "string", "EMAIL": "string", "INGESTEDAT": "datetime"}, [owner])
        )
        days.lake.close_day(DAY)
        yield days


def named(block: Block) -> str:
    return f"{block.heading}: {block.text.strip().splitlines()[0][:40]}"


def test_every_block_is_of_a_language_that_a_test_looks_at() -> None:
    assert {block.language for block in blocks()} == OF.keys()
    assert min(map(len, OF.values())) >= 3


@pytest.mark.usefixtures("awkward")
@pytest.mark.parametrize("block", OF["bash"], ids=named)
def test_commands_run(block: Block) -> None:
    for line in block.text.splitlines():
        program, *arguments = shlex.split(line)
        if program == "hubspot-assets":
            arguments = arguments[: arguments.index(">")] if ">" in arguments else arguments
            result = CliRunner().invoke(app, arguments, input=".quit\n")
            assert result.exit_code == 0, (line, result.output)
            assert result.stdout
        else:
            # What the tests of the warehouses themselves do with a server of theirs.
            assert program in ("pip", "psql", "clickhouse-client"), line


@pytest.mark.parametrize("block", [b for b in OF["sql"] if b.heading in PARSED], ids=named)
def test_statements_for_a_warehouse_parse_in_its_dialect(block: Block) -> None:
    parsed = sqlglot.parse(block.text, read=PARSED[block.heading])
    assert [one.sql() for one in parsed if isinstance(one, sqlglot.exp.Command)] == []


@pytest.mark.usefixtures("awkward")
@pytest.mark.parametrize("block", [b for b in OF["sql"] if b.heading not in {*PARSED, "DuckDB"}], ids=named)
def test_statements_for_query_run(block: Block) -> None:
    result = CliRunner().invoke(app, ["query", block.text, "--csv"])
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") > 1


def test_statements_for_duckdb_run_and_keep_null_and_empty_apart(awkward: Awkward) -> None:
    (block,) = [block for block in OF["sql"] if block.heading == "DuckDB"]
    with duckdb.connect() as connection:
        counted = connection.execute(block.text.replace(DEMO, str(awkward.folder / DAY))).fetchall()
        loaded = connection.sql("FROM contacts").fetchall()
    assert counted == [(len(loaded), sum(row[5] is not None for row in loaded))]
    (table,) = awkward.tables("OBJECTS_CONTACTS")
    assert loaded == awkward.texts(table)


@pytest.mark.parametrize("block", OF["python"], ids=named)
def test_python_reads_what_it_is_said_to_read(block: Block, awkward: Awkward) -> None:
    if "pyarrow" in block.text:
        pytest.importorskip("pyarrow", reason="no PyArrow here (the extra `warehouses` brings it)")
    names: dict[str, Any] = {}
    exec(block.text.replace(DEMO, str(awkward.folder / DAY)), names)  # noqa: S102 - our own page
    frame = names["frame"]
    rows = frame.rows() if isinstance(frame, pl.DataFrame) else _rows(frame)
    (table,) = awkward.tables("OBJECTS_CONTACTS")
    expected = awkward.texts(table)
    if "pandas" in block.text:
        expected = [tuple("" if cell is None else cell for cell in row) for row in expected]
    assert rows == expected


def _rows(frame: Any) -> list[tuple[Any, ...]]:
    """The rows of a frame of PyArrow's or of pandas'."""
    if hasattr(frame, "to_pylist"):
        return [tuple(row.values()) for row in frame.to_pylist()]
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_the_page_has_a_section_for_each_warehouse() -> None:
    headings = " ".join(re.findall(r"(?m)^### (.*)$", PAGE))
    for dialect in DIALECTS.values():
        assert dialect.title.split(" (")[0] in headings
    for anchor in re.findall(r"\]\(#([\w-]+)\)", PAGE):
        made = [
            re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"(?m)^#+ (.*)$", PAGE)
        ]
        assert anchor in made


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
def test_page_and_scripts_agree_on_who_is_exact(dialect: Any) -> None:
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| [{dialect.title.split(' (')[0]}")]
    says_no = line.split("|")[2].strip() == "no"
    assert says_no == dialect.costs[0].startswith("Not exact")
