"""`hubspot-assets query`: what the schemas hold, what is fetched for a statement, and what a wrong one is told."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from hubspot_assets.cli import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import LakeError
from hubspot_assets.warehouse.days import Bucket
from hubspot_assets.warehouse.errors import WarehouseError
from hubspot_assets.warehouse.query.session import Session, open_session
from hubspot_assets_tests.exported import BUCKET, environment
from hubspot_assets_tests.warehouse.awkward import (
    BEFORE,
    DAY,
    TEXTS,
    Awkward,
    awkward_days,
    content,
    owners,
    properties,
)


@pytest.fixture
def session(awkward: Awkward) -> Iterator[Session]:
    assert awkward.days.all == [BEFORE, DAY]
    with open_session() as opened:
        yield opened


def rows(session: Session, statement: str) -> list[tuple[Any, ...]]:
    answer = session.run(statement)
    return answer.rows() if answer else []


def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error, as they are."""
    result = CliRunner().invoke(app, ["query", *arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    # Not `stdout`, which makes one character of CR and LF.
    return result.exit_code, result.stdout_bytes.decode(), result.stderr


def test_every_cell_of_every_table_is_as_the_lake_reads_it(awkward: Awkward, session: Session) -> None:
    for table in awkward.tables():
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        found = rows(session, f"SELECT {names} FROM V2_LIVE.{table.name}")
        expected = awkward.texts(table)
        assert len(found) == len(expected)
        for cells, texts in zip(
            sorted(found, key=repr), sorted(_typed(expected, table.columns), key=repr), strict=True
        ):
            assert cells == texts, table.name


def _typed(texts: list[tuple[Any, ...]], columns: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(None if t is None else _cell(t, column.kind.value) for t, column in zip(row, columns, strict=True))
        for row in texts
    ]


def _cell(text: str, kind: str) -> Any:
    if kind == "number":
        number = Decimal(text)
        return None if abs(number) >= 10**29 else number.quantize(Decimal("1.000000000"), rounding="ROUND_HALF_UP")
    if kind == "timestamp":
        return datetime.fromisoformat(text)
    if kind == "date":
        return date.fromisoformat(text)
    return text == "true" if kind == "boolean" else text


def test_an_id_beyond_what_a_float_holds_is_exact_and_compares_with_a_number(session: Session) -> None:
    assert rows(session, "SELECT PROPERTY_AMOUNT FROM OBJECTS_CONTACTS WHERE PROPERTY_AMOUNT > 9007199254740992") == [
        (Decimal("9007199254740993"),)
    ] * len(rows(session, "FROM OBJECTS_CONTACTS WHERE PROPERTY_UNPARSED_AMOUNT = '9007199254740993'"))
    assert rows(session, "SELECT OBJECTID FROM objects_contacts WHERE objectid = 10000000000000001") == [
        ("10000000000000001",)
    ]
    assert len(rows(session, "FROM objects_contacts WHERE objectid > 10000000000000050")) == len(TEXTS) - 51


def test_what_is_too_large_for_a_decimal_is_null_and_its_text_stands_beside(session: Session) -> None:
    (found,) = rows(
        session,
        "SELECT DISTINCT PROPERTY_AMOUNT, PROPERTY_UNPARSED_AMOUNT FROM OBJECTS_CONTACTS "
        "WHERE length(PROPERTY_UNPARSED_AMOUNT) > 30",
    )
    assert found == (None, "123456789012345678901234567890123456789")


def test_a_cast_is_made_of_the_rows_that_are_asked_for_and_of_no_others(session: Session) -> None:
    statement = "SELECT CAST(VALUE AS INTEGER) FROM OBJECT_PROPERTIES WHERE OBJECTTYPEID = '0-1' AND VALUE = '0012'"
    assert rows(session, statement) == [(12,)]


def test_null_and_an_empty_text_are_two(session: Session) -> None:
    counted = "SELECT count(*) FILTER (VALUE IS NULL), count(*) FILTER (VALUE = '') FROM OBJECT_PROPERTIES"
    assert rows(session, counted) == [(2, 2)]


def test_a_combined_table_has_the_rows_of_all_its_parts(session: Session) -> None:
    assert rows(session, "SELECT OBJECTTYPEID, count(*) FROM object_properties GROUP BY 1 ORDER BY 1") == [
        ("0-1", len(TEXTS) + 50),
        ("0-3", 3),
    ]


def test_v2_daily_has_every_whole_day_and_null_for_a_column_that_a_day_lacks(session: Session) -> None:
    counted = "SELECT DAY, count(*), count(PROPERTY_FRESH) FROM v2_daily.objects_contacts GROUP BY 1 ORDER BY 1"
    assert rows(session, counted) == [
        (date.fromisoformat(BEFORE), len(TEXTS), 0),
        (date.fromisoformat(DAY), len(TEXTS), len(TEXTS)),
    ]
    answer = session.run("FROM V2_DAILY.OBJECTS_CONTACTS")
    assert answer is not None
    assert answer.columns[:3] == ["DAY", "OBJECTTYPEID", "OBJECTID"]


def test_use_makes_another_schema_the_one_of_bare_names(session: Session) -> None:
    session.run("USE V2_DAILY")
    assert rows(session, "SELECT count(DISTINCT DAY) FROM owners") == [(2,)]


@pytest.mark.parametrize(
    "name", ["owners", "OWNERS", "V2_LIVE.OWNERS", "hub_1.v2_live.owners", '"My Hub".V2_LIVE.OWNERS']
)
def test_names_are_as_in_the_share_whatever_the_database_is_called(session: Session, name: str) -> None:
    assert rows(session, f"SELECT OWNERID, ARCHIVED FROM {name} ORDER BY 1") == [("00", False), ("01", True)]


def test_the_tables_and_their_columns_can_be_listed(session: Session) -> None:
    assert rows(session, "SHOW TABLES") == [
        ("OBJECTS_ADS",),
        ("OBJECTS_CONTACTS",),
        ("OBJECT_PROPERTIES",),
        ("OWNERS",),
    ]
    kinds = rows(session, "SELECT column_name, column_type FROM (DESCRIBE owners)")
    assert dict(kinds) == {
        "OWNERID": "VARCHAR",
        "TYPE": "VARCHAR",
        "ARCHIVED": "BOOLEAN",
        "ORDER": "DECIMAL(38,9)",
        "INGESTEDAT": "TIMESTAMP",
    }


class Counting:
    """A store that notes which data files were fetched."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.fetched: list[str] = []

    def get(self, key: str) -> tuple[bytes, str]:
        self.fetched.append(key)
        return self._store.get(key)


def test_only_files_that_a_statement_comes_to_are_fetched(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = session.days.bucket
    counting = Counting(bucket.store)
    monkeypatch.setattr(session._files, "_bucket", Bucket(bucket.lake, counting))  # type: ignore[arg-type]
    session.run("DESCRIBE V2_DAILY.OWNERS")
    session.run("SHOW TABLES")
    assert counting.fetched == []
    assert rows(session, f"SELECT count(*) FROM V2_DAILY.OWNERS WHERE DAY = '{BEFORE}'") == [(2,)]
    assert counting.fetched == [f"awkward/{BEFORE}/OWNERS/data_00000.csv.gz"]
    session.run(f"SELECT OWNERID FROM V2_DAILY.OWNERS WHERE DAY = '{BEFORE}'")
    assert len(counting.fetched) == 1, "what was fetched is kept"


def test_a_day_that_is_not_whole_is_not_shown(s3: DemoS3) -> None:
    with awkward_days(s3, "open") as days:
        days.lake.write("OWNERS", "2026-11-24", owners("NOBODY"))
        with open_session() as session:
            assert rows(session, "SELECT max(TYPE) FROM OWNERS") == [("QUEUE",)]
            assert rows(session, "SELECT count(DISTINCT DAY) FROM V2_DAILY.OWNERS") == [(2,)]
            days.lake.close_day("2026-11-24")
            session.refresh()
            assert rows(session, "SELECT max(TYPE) FROM OWNERS") == [("NOBODY",)]


def test_a_table_that_is_exported_again_meanwhile_is_read_again(s3: DemoS3) -> None:
    with awkward_days(s3, "again") as days, open_session() as session:
        session.run("DESCRIBE OWNERS")
        days.lake.write("OWNERS", DAY, owners("A", "B", "C"))
        days.lake.close_day(DAY)
        assert rows(session, "SELECT count(*) FROM OWNERS") == [(3,)]


def test_a_column_of_two_types_in_two_days_is_text(s3: DemoS3) -> None:
    with awkward_days(s3, "types") as days:
        for day, kind in ((BEFORE, "number"), (DAY, "string")):
            cells = {"OBJECTID": "1", "PROPERTY_N": "0012", "INGESTEDAT": None}
            types = {"OBJECTID": "string", "PROPERTY_N": kind, "INGESTEDAT": "datetime"}
            days.lake.write("OBJECTS_X", day, content(types, [cells]))  # type: ignore[arg-type]
            days.lake.close_day(day)
        with open_session() as session:
            assert rows(session, "SELECT DISTINCT PROPERTY_N FROM V2_DAILY.OBJECTS_X") == [("0012",)]


def test_a_row_of_many_megabytes_is_read(s3: DemoS3) -> None:
    with awkward_days(s3, "long") as days:
        days.lake.write("OBJECT_PROPERTIES/DEALS", DAY, properties("0-3", ["x" * 30_000_000, "", None]))
        days.lake.close_day(DAY)
        with open_session() as session:
            counted = "SELECT count(*), max(length(VALUE)) FROM OBJECT_PROPERTIES WHERE OBJECTTYPEID = '0-3'"
            assert rows(session, counted) == [(3, 30_000_000)]


def test_a_damaged_file_is_told_and_never_read(s3: DemoS3) -> None:
    with awkward_days(s3, "damaged") as days:
        (days.folder / DAY / "OWNERS" / "data_00000.csv.gz").write_bytes(b"something else")
        with open_session() as session, pytest.raises(LakeError, match=r"OWNERS/data_00000\.csv\.gz is damaged"):
            rows(session, "FROM OWNERS")


def test_nothing_is_written_into_the_bucket(session: Session, awkward: Awkward, tmp_path: Any) -> None:
    before = sorted(path.relative_to(awkward.folder) for path in awkward.folder.rglob("*"))
    for statement in ("DELETE FROM OWNERS", "COPY (FROM OWNERS) TO 'hubspot://DAY=2026-11-22/OWNERS/x.csv'"):
        with pytest.raises((WarehouseError, LakeError)):
            session.run(statement)
    session.run(f"COPY (FROM OWNERS) TO '{tmp_path}/owners.csv'")
    assert (tmp_path / "owners.csv").read_text().count("\n") == 3
    assert sorted(path.relative_to(awkward.folder) for path in awkward.folder.rglob("*")) == before


@pytest.mark.usefixtures("awkward")
@pytest.mark.parametrize(("statement", "told"), [
    ("selec 1", "syntax error"),
    ("SELECT nothing FROM OWNERS", 'Referenced column "nothing" not found'),
    ("FROM OBJECT_CONTACTS", "There is no table OBJECT_CONTACTS in the day 2026-11-22: did you mean OBJECTS_CONTACTS"),
    ("FROM V2_LIVE.ZZZ", "There is no table ZZZ in the day 2026-11-22: `hubspot-assets tables` lists them all."),
    ("SELECT TYPE::INTEGER FROM OWNERS", "Could not convert string"),
    ("FROM CHANGES.OBJECTS_ADS", "it was unavailable on 2026-11-20: HubSpot answered 403. Grant ads.read"),
])  # fmt: skip
def test_a_wrong_statement_is_told_in_one_line(statement: str, told: str) -> None:
    code, output, errors = run(statement)
    assert code == 2
    assert output == ""
    assert told in errors
    assert errors.count("\n") == 1
    assert "Traceback" not in errors


def test_dagster_is_not_waited_for() -> None:
    modules = ("command", "query.session", "query.changed", "query.prompt", "dictionary_formats", "script", "dialects")
    imports = "; ".join(f"import hubspot_assets.warehouse.{module}" for module in modules)
    check = f"{imports}; import sys; sys.exit('dagster' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.usefixtures("awkward")
def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    code, _, errors = run("SELECT 1")
    assert code == 1
    assert "pip install 'hubspot-assets[query]'" in errors


def test_without_a_day_or_a_bucket_it_says_what_to_do(s3: DemoS3) -> None:
    with environment({**s3.environment, "HUBSPOT_S3_URL": f"s3://{BUCKET}/nowhere"}):
        code, _, errors = run("SELECT 1")
    assert code == 1
    assert f"There is no whole day in s3://{BUCKET}/nowhere yet" in errors
    with environment({}):
        code, _, errors = run("SELECT 1")
    assert code == 2
    assert "HUBSPOT_S3_URL is not set" in errors


@pytest.mark.usefixtures("awkward")
def test_csv_has_the_form_of_the_export_and_loses_nothing() -> None:
    statement = "SELECT OBJECTID, VALUE FROM OBJECT_PROPERTIES WHERE OBJECTTYPEID = '0-1' AND OBJECTID::INT < 53"
    code, output, _ = run(statement, "--csv")
    assert code == 0
    assert output.startswith('OBJECTID,VALUE\n0,\n1,""\n2, \n')
    found = list(csv.reader(io.StringIO(output, newline="")))[1:]
    assert {int(number): text for number, text in found} == {n: text or "" for n, text in enumerate(TEXTS)}


@pytest.mark.usefixtures("awkward")
def test_json_keeps_digits_null_and_every_column() -> None:
    code, output, _ = run(
        "SELECT 1 AS a, 2 AS a, 9007199254740993::DECIMAL(38,9) AS n, 0.1::DECIMAL(38,9) AS m, NULL AS z, [1.50] AS l, "
        "TIMESTAMP '2026-01-02 03:04:05.678' AS t, DATE '2026-01-02' AS d, TRUE AS b, '' AS e",
        "--json",
    )
    assert code == 0
    (row,) = json.loads(output, parse_float=Decimal)
    assert row == {
        "a": 1,
        "a_2": 2,
        "n": 9007199254740993,
        "m": Decimal("0.1"),
        "z": None,
        "l": [Decimal("1.5")],
        "t": "2026-01-02 03:04:05.678",
        "d": "2026-01-02",
        "b": True,
        "e": "",
    }
    assert json.loads(run("SELECT 1 WHERE false", "--json")[1]) == []


@pytest.mark.usefixtures("awkward")
def test_a_table_obeys_nothing_that_a_record_says() -> None:
    code, output, _ = run("SELECT '[red]x[/red]' AS a, chr(27) || '[2J' AS b, NULL AS c, 1.5::DECIMAL(38,9) AS d")
    assert code == 0
    assert "[red]x[/red]" in output
    assert "\x1b[2J" not in output
    assert "\\x1b[2J" in output
    assert [line.split() for line in output.splitlines()][-2:] == [
        ["[red]x[/red]", "\\x1b[2J", "NULL", "1.5"],
        ["1", "row"],
    ]


@pytest.mark.usefixtures("awkward")
def test_a_wide_answer_has_a_cell_on_a_line_and_a_long_one_says_what_is_left() -> None:
    code, output, _ = run("FROM OBJECTS_CONTACTS LIMIT 2")
    assert code == 0
    assert output.splitlines()[0] == "row 1"
    assert any(line.split() == ["OBJECTTYPEID", "0-1"] for line in output.splitlines())
    assert "200 rows, of 1,000: use --csv or --json" in run("FROM range(1000)")[1]


@pytest.mark.usefixtures("awkward")
def test_a_statement_can_come_from_the_standard_input() -> None:
    assert run("-", "--csv", typed="SELECT 1 AS a;\nSELECT 2 AS a;\n")[:2] == (0, "a\n2\n")


@pytest.mark.usefixtures("awkward")
@pytest.mark.parametrize(("options", "told"), [
    (["--csv", "--json"], "leave out --csv or --json"),
    (["--dialect", "klingon"], "klingon is no dialect"),
    (["--dialect", "snowflake"], "This is no statement of snowflake"),
])  # fmt: skip
def test_wrong_usage_is_one_sentence(options: list[str], told: str) -> None:
    code, _, errors = run("SELECT FROM FROM", *options)
    assert code == 2
    assert told in errors
