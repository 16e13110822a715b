"""What `status` and `tables` say of a bucket, for people and for scripts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hubspot_assets.cli.app import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, command, small_export

DAY = str(YESTERDAY)
KNOWN = catalogue("0-1", "0-3", pairs=[("0-1", "0-3")])


@pytest.fixture
def small(s3: DemoS3, tmp_path: Path) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path, KNOWN, without_scopes=frozenset({"crm.lists.read"}), contacts=5) as export:
        yield export


def printed(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments)).stdout


def test_an_empty_bucket_says_what_to_type(small: SmallExport) -> None:
    code, output = command("status")
    assert code == 1
    assert "There is no day in the bucket yet: `hubspot-assets export`" in output


def test_a_day_is_open_until_all_is_in_and_then_whole(small: SmallExport) -> None:
    small.export("OBJECTS_CONTACTS")
    tables = len(list(small.portal_tables))
    code, output = command("status")
    assert code == 1
    assert f"{DAY} open: " in output
    assert f"of {tables} tables" in output
    small.export()
    code, output = command("status")
    assert (code, f"{DAY} complete {tables}" in output) == (0, True)
    assert "2 tables: " in output
    assert "crm.lists.read" in output, "what a person can mend is told with its scope"
    assert "if it is on, starts at" in output
    (day,) = json.loads(printed("status", "--json"))["days"]
    assert (day["day"], day["whole"], day["tables"]) == (DAY, True, tables)
    assert day["refused"].keys() == {"LISTS", "LIST_MEMBERSHIPS"}


def test_what_is_excluded_is_not_read_and_the_day_stays_open(small: SmallExport) -> None:
    code, output = command("export", "--exclude", "list*", "--exclude", "deals")
    assert code == 0, output
    there = small.lake.manifests(DAY)
    assert "OBJECTS_CONTACTS" in there
    assert not any(name in there for name in ("LISTS", "OBJECTS_DEALS", "ASSOCIATIONS_CONTACTS_TO_DEALS"))
    assert small.lake.success(DAY) is None


def test_the_scopes_of_what_is_wanted_are_printed_one_a_line(small: SmallExport) -> None:
    assert printed("tables", "--scopes", "--select", "owners", "--select", "lists").split() == [
        "crm.lists.read",
        "crm.objects.owners.read",
    ]


def test_tables_as_json_are_an_object_a_line(small: SmallExport) -> None:
    rows = [json.loads(line) for line in printed("tables", "--json").splitlines()]
    assert [row["table"] for row in rows] == [table.name for table in small.portal_tables]
    assert {row["state"] for row in rows} == {"not exported"}


@pytest.mark.parametrize("module", ["status", "tables"])
def test_what_looks_at_the_bucket_alone_starts_without_dagster(module: str) -> None:
    look = f"import sys, hubspot_assets.cli.{module}; sys.exit('dagster' in sys.modules)"
    subprocess.run([sys.executable, "-c", look], check=True, cwd=Path(__file__).parents[2])
