"""`hubspot-assets sql`, as people type it."""

import pytest

from hubspot_assets.cli.warehouse import Warehouse
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.warehouse.dialects import DIALECTS
from hubspot_assets_tests.exported import BUCKET, environment
from hubspot_assets_tests.small_export import command
from hubspot_assets_tests.warehouse.awkward import BEFORE, DAY, Awkward


def test_every_dialect_can_be_asked_for() -> None:
    assert [one.value for one in Warehouse] == list(DIALECTS)


@pytest.mark.parametrize("name", DIALECTS)
def test_the_last_whole_day_is_printed_by_default(awkward: Awkward, name: str) -> None:
    code, output = command("sql", "--for", name)
    assert code == 0, output
    assert output.startswith(f"-- {DIALECTS[name].title}: 4 tables of {DAY}")
    assert awkward.s3.secret_key not in output


def test_a_day_and_tables_can_be_chosen(awkward: Awkward) -> None:
    code, output = command("sql", "--for", "duckdb", "--day", BEFORE, "--select", "owners")
    assert code == 0
    assert f"1 table of {BEFORE}" in output
    assert "OBJECTS_CONTACTS" not in output
    assert awkward.days.all == [BEFORE, DAY]


@pytest.mark.usefixtures("awkward")
@pytest.mark.parametrize(("arguments", "told"), [
    (["--for", "oracle"], "oracle"),
    (["--for", "duckdb", "--day", "2026-11-21"], "The day 2026-11-21 does not exist"),
    (["--for", "duckdb", "--select", "OBJECTS_CONTACT"], "did you mean OBJECTS_CONTACTS"),
    (["--for", "duckdb", "--select", "OBJECT_PROPERTIES/DEALS"], "is a part of OBJECT_PROPERTIES"),
])  # fmt: skip
def test_wrong_usage_is_one_sentence(arguments: list[str], told: str) -> None:
    code, output = command("sql", *arguments)
    assert code == 2
    assert told in output


def test_without_a_whole_day_the_way_out_is_told(s3: DemoS3) -> None:
    with environment({**s3.environment, "HUBSPOT_S3_URL": f"s3://{BUCKET}/nothing"}):
        code, output = command("sql", "--for", "duckdb")
    assert code == 1
    assert f"There is no complete day in s3://{BUCKET}/nothing yet" in output


def test_without_a_bucket_the_setting_is_named() -> None:
    with environment({}):
        code, output = command("sql", "--for", "duckdb")
    assert code == 2
    assert "HUBSPOT_S3_URL is not set" in output
