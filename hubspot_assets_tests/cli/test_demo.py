"""What the demo says at its end is true: the command that it prints works as it is typed."""

import io
import os
import subprocess
import sysconfig
from pathlib import Path

import boto3
import polars as pl
import pytest

from hubspot_assets.cli.demo import BUCKET, PREFIX, say_where
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.demo.s3 import serve_s3
from hubspot_assets.lake import Lake, TableContent
from hubspot_assets_tests.exported import environment
from hubspot_assets_tests.small_export import command

DAY = "2026-11-22"
PROGRAM = str(Path(sysconfig.get_path("scripts")) / "hubspot-assets")


def export_into(directory: Path) -> None:
    """A day as the demo leaves it, of one table."""
    stages = pl.DataFrame({"PROPERTY_LIFECYCLESTAGE": ["lead", "lead", "", None], "OBJECTID": ["1", "2", "3", "4"]})
    with serve_s3(directory / "s3") as s3, environment(s3.environment):
        s3.bucket(BUCKET)
        lake = Lake(boto3.Session().client("s3"), BUCKET, PREFIX)
        lake.write("OBJECTS_CONTACTS", DAY, TableContent.of_frame(stages))
        lake.close_day(DAY)


def test_the_query_that_it_prints_works_as_it_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [PROGRAM])
    export_into(Path("a demo"))
    printed = io.StringIO()
    say_where(Terminal(file=printed), Path("a demo"), DAY)
    (typed,) = [line.strip() for line in printed.getvalue().splitlines() if " query " in line]
    others = {"AWS_PROFILE": "nobody", "HUBSPOT_S3_ROLE_ARN": "arn:aws:iam::123456789012:role/other"}
    done = subprocess.run(
        ["/bin/sh", "-c", f"{typed} --csv"], capture_output=True, text=True, check=False, env={**os.environ, **others}
    )
    assert done.stderr == ""
    assert sorted(done.stdout.splitlines()) == ['"",1', ",1", "PROPERTY_LIFECYCLESTAGE,CONTACTS", "lead,2"]


def test_where_no_demo_was_it_says_what_to_do(tmp_path: Path) -> None:
    code, output = command("query", "--demo", str(tmp_path), "SELECT 1")
    assert code == 2
    assert f"There is no demo in {tmp_path}: run `make demo`" in output


def test_a_demo_that_did_not_come_to_its_end_is_to_be_run_and_not_the_export(tmp_path: Path) -> None:
    (tmp_path / "s3" / BUCKET / PREFIX / DAY / "OWNERS").mkdir(parents=True)
    code, output = command("query", "--demo", str(tmp_path), "SELECT 1")
    assert code == 2
    assert f"The demo in {tmp_path} has no complete day yet: run `make demo` to its end" in output


def test_a_demo_is_asked_whatever_the_settings_where_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    export_into(Path("demo"))
    (tmp_path / ".env").write_text("HUBSPOT_S3_ROLE_ARN=arn:aws:iam::123456789012:role/other\n")
    (tmp_path / "hubspot_portals.yaml").write_text("eu: {token_variable: TOKEN_EU, s3_url: 's3://bucket/eu'}\n")
    code, output = command("query", "--csv", "--demo", "demo", "SELECT COUNT(*) AS N FROM OBJECTS_CONTACTS")
    assert (code, output.split()) == (0, ["N", "4"])
