"""`hubspot-assets query`, as people type it: what is printed, in which form, and what a wrong statement is told."""

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from hubspot_assets.cli.app import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import BUCKET, environment
from hubspot_assets_tests.warehouse.awkward import TEXTS


def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Exit code, standard output and standard error, as they are."""
    result = CliRunner().invoke(app, ["query", *arguments], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    # Not `stdout`, which makes one character of CR and LF.
    return result.exit_code, result.stdout_bytes.decode(), result.stderr


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
    modules = ("query.session", "query.changed", "dictionary_formats", "script", "dialects")
    names = [*(f"warehouse.{module}" for module in modules), "cli.warehouse", "cli.query_prompt", "cli.query_output"]
    imports = "; ".join(f"import hubspot_assets.{name}" for name in names)
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
    assert f"There is no complete day in s3://{BUCKET}/nowhere yet" in errors
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
    (["--csv", "--json"], "either --csv or --json, not both"),
    (["--dialect", "klingon"], "klingon is not a known dialect"),
    (["--dialect", "snowflake"], "This is not a valid snowflake statement"),
])  # fmt: skip
def test_wrong_usage_is_one_sentence(options: list[str], told: str) -> None:
    code, _, errors = run("SELECT FROM FROM", *options)
    assert code == 2
    assert told in errors
