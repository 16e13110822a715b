"""What a warehouse holds after its script has run is what the files hold, cell by cell, in the warehouses themselves.

The script of the day before runs first, so that new columns come by ALTER TABLE; then that of the day, twice.
"""

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator

import duckdb
import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.warehouse.dialects import DIALECTS, Dialect
from hubspot_assets.warehouse.loading import LoadTable
from hubspot_assets.warehouse.script import script
from hubspot_assets_tests.warehouse.awkward import BEFORE, DAY, Awkward, Rows, awkward_days, owners
from hubspot_assets_tests.warehouse.local_s3 import S3OnDisk
from hubspot_assets_tests.warehouse.postgres import postgres, server_binaries


def script_of(awkward: Awkward, dialect: Dialect, day: str, *names: str) -> str:
    return "".join(script(dialect, awkward.days.bucket.url, day, awkward.tables(*names, day=day)))


def statements(text: str) -> list[str]:
    """The statements of a script; none of them has a semicolon at the end of a line."""
    return [statement for statement in text.split(";\n") if statement.strip()]


def same(loaded: Rows, awkward: Awkward, table: LoadTable) -> bool:
    """Whether rows are those of a table, in whatever order: a warehouse has none."""
    return sorted(map(repr, loaded)) == sorted(map(repr, awkward.texts(table)))


def compare(awkward: Awkward, dialect: Dialect, select: Callable[[str], Rows]) -> None:
    """Every table that a warehouse holds with what the lake's own reader reads."""
    tables = awkward.tables()
    assert {table.rows > 0 for table in tables} == {True, False}
    assert max(len(table.files) for table in tables) > len(awkward.days.relations(DAY)["OBJECT_PROPERTIES"])
    for table in tables:
        loaded = select(f"SELECT {dialect.listed(table.columns)} FROM {dialect.raw(table)}")
        assert len(loaded) == table.rows
        assert same(loaded, awkward, table), table.name


def test_duckdb_holds_every_cell(awkward: Awkward) -> None:
    dialect = DIALECTS["duckdb"]
    with duckdb.connect() as connection:
        connection.register_filesystem(S3OnDisk(awkward.s3.directory))
        connection.execute(script_of(awkward, dialect, BEFORE))
        text = script_of(awkward, dialect, DAY)
        assert "ADD COLUMN" in text
        for _ in range(2):
            assert connection.execute(text).fetchall() == []
        compare(awkward, dialect, lambda query: connection.sql(query).fetchall())


def test_the_check_at_the_end_finds_a_table_that_lacks_a_row(awkward: Awkward) -> None:
    dialect = DIALECTS["duckdb"]
    with duckdb.connect() as connection:
        connection.register_filesystem(S3OnDisk(awkward.s3.directory))
        text = script_of(awkward, dialect, DAY)
        connection.execute(text)
        connection.execute("DELETE FROM HUBSPOT_RAW.OWNERS WHERE OWNERID = '00'")
        assert connection.execute(statements(text)[-1]).fetchall() == [("OWNERS", 2, 1)]


def test_postgres_holds_every_cell(awkward: Awkward) -> None:
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server on this machine (apt-get install postgresql)")
    dialect = DIALECTS["postgres"]
    with postgres(binaries, awkward.s3.directory) as server:
        server.run(script_of(awkward, dialect, BEFORE))
        text = script_of(awkward, dialect, DAY)
        assert "ADD COLUMN" in text
        for _ in range(2):
            assert server.run(text) == ""

        def select(query: str) -> Rows:
            # Its own CSV with a word for NULL, which no cell is; a quoted cell is a text, whatever it says.
            answer = server.run(f"\\copy ({query}) TO STDOUT WITH (FORMAT csv, NULL '<null>', FORCE_QUOTE *)")
            rows = csv.reader(io.StringIO(answer, newline=""))
            return [tuple(None if cell == "<null>" else cell for cell in row) for row in rows]

        compare(awkward, dialect, select)
        typed = server.run("SELECT sum(property_amount), max(property_day) FROM v2_live.objects_contacts")
        assert typed.split("|")[1].strip() == "9999-12-31"


def test_postgres_never_loses_a_row_in_silence(s3: DemoS3) -> None:
    r"""Before version 18, a line `\\.` within a text ends the file for it, and the load stops."""
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server on this machine (apt-get install postgresql)")
    with awkward_days(s3, "backslash") as awkward, postgres(binaries, s3.directory) as server:
        awkward.lake.write("OWNERS", DAY, owners("PERSON", "a\n\\.\nb", "QUEUE"))
        awkward.lake.close_day(DAY)
        awkward.days.forget()
        text = script_of(awkward, DIALECTS["postgres"], DAY, "OWNERS")
        version = int(server.run("SHOW server_version_num"))
        if version >= 180_000:
            assert server.run(text) == ""
        else:
            with pytest.raises(subprocess.CalledProcessError) as stopped:
                server.run(text)
            assert b"unterminated CSV quoted field" in stopped.value.stderr


@pytest.fixture(scope="module")
def chdb_session() -> Iterator[object]:
    session = pytest.importorskip("chdb.session", reason="no ClickHouse here (the extra `warehouses`)").Session()
    yield session
    session.close()


def test_clickhouse_holds_every_cell(awkward: Awkward, chdb_session) -> None:
    dialect, s3 = DIALECTS["clickhouse"], awkward.s3

    def here(text: str) -> str:
        """With the address and the keys of the test's S3, which a server has in its configuration."""
        text = text.replace("s3('s3://", f"s3('{s3.endpoint_url}/")
        return text.replace(", 'CSVWithNames'", f", '{s3.access_key}', '{s3.secret_key}', 'CSVWithNames'")

    def select(query: str) -> Rows:
        return [tuple(row) for row in json.loads(chdb_session.query(query, "JSONCompact").bytes())["data"]]

    again = statements(script_of(awkward, dialect, DAY))
    for statement in (*statements(script_of(awkward, dialect, BEFORE)), *again, *again):
        chdb_session.query(here(statement))
    compare(awkward, dialect, select)
    assert select(again[-1]) == []
    (largest,) = select('SELECT toString(max("PROPERTY_AMOUNT")) FROM V2_LIVE."OBJECTS_CONTACTS"')
    assert largest == ("9007199254740993",)


def test_spark_holds_every_cell(awkward: Awkward, spark) -> None:
    dialect = DIALECTS["databricks"]
    day = [s for s in statements(script_of(awkward, dialect, DAY)) if "ADD COLUMNS" not in s]
    for statement in (
        *statements(script_of(awkward, dialect, BEFORE)),
        *statements(script_of(awkward, dialect, DAY)),
        *day,
    ):
        answer = spark.sql(statement.replace("s3://", f"{awkward.s3.directory}/"))
    assert answer.collect() == []
    compare(awkward, dialect, lambda query: [tuple(row) for row in spark.sql(query).collect()])
    (typed,) = spark.sql("SELECT max(PROPERTY_AMOUNT), max(PROPERTY_DAY) FROM V2_LIVE.OBJECTS_CONTACTS").collect()
    assert [str(cell) for cell in typed] == ["9007199254740993.000000000", "9999-12-31"]
