"""The page "Connect your bucket" is run: every command of it, in its order, in one shell, against an account."""

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from hubspot_assets.connection.policy import bucket_policy
from hubspot_assets.defs.compute_logs import RoleS3ComputeLogManager
from hubspot_assets.demo.portal.server import RunningPortal
from hubspot_assets.settings import Settings, variable
from hubspot_assets_tests.connection.enforcing_s3 import EnforcingS3, serve_enforcing_s3
from hubspot_assets_tests.connection.iam import allows
from hubspot_assets_tests.connection.small_portal import CATALOGUE, DAY, SETTINGS, TABLES
from hubspot_assets_tests.sampled import SWEEP

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "connect_your_bucket.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def account() -> Iterator[EnforcingS3]:
    with serve_enforcing_s3() as s3:
        yield s3


PORTAL = SETTINGS


def run(block: str, directory: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a block as a reader would: in one directory, with the program on PATH."""
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=directory,
        env={**os.environ, **environment, "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@SWEEP
def test_every_command_of_the_page_does_what_it_says(
    account: EnforcingS3, portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reader = tmp_path_factory.mktemp("reader")
    said: dict[str, str] = {}
    for block in blocks("bash"):
        # Steps 1 to 3 are an administrator's, the others the export's own; what they wrote into .env holds for both.
        environment = account.admin_environment
        if not re.search(r"connect (policy|trust-policy|role)", block):
            keys = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            environment = {key: account.environment[key] for key in keys}
            environment |= {"HUBSPOT_ACCESS_TOKEN": portal.token, "HUBSPOT_API_URL": portal.url}
        # The catalogue lacks most of the portal here, on purpose (below), and an export would say so.
        # The tests are not installed: a program of theirs is found only from the project's directory, or by this.
        environment = {**environment, "PYTHONPATH": str(PROJECT)}
        few = block.replace("hubspot-assets export", f"{sys.executable} -m hubspot_assets_tests.few_types export")
        done = run(few, reader, environment)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        said[block] = done.stdout
        if "connect check" in block:
            assert done.stdout.endswith("All is well.\n")
            assert account.stored_keys() == []
        if "discover" in block:
            # The whole catalogue is hundreds of tables, and as many as these show the same.
            assert "object types" in done.stdout
            CATALOGUE.save(reader / "hubspot_catalog.json")
    policy, *_ = said.values()
    assert json.loads(policy) == bucket_policy(account.layout)
    assert account.role_arn in (reader / ".env").read_text()
    assert json.loads((reader / "hubspot_export.json").read_text())["Resources"]
    stored = account.stored_keys()
    assert f"{account.layout.prefix}/{DAY}/_SUCCESS.json" in stored
    assert {f"{account.layout.prefix}/{DAY}/{name}/_manifest.json" for name in TABLES} <= set(stored)
    allowed = bucket_policy(account.layout)
    assert all(allows([allowed], one) for one in account.asked if one.action.startswith("s3:"))


def test_the_page_names_every_setting_of_the_connection_and_no_other() -> None:
    named = set(re.findall(r"HUBSPOT_\w+", PAGE.read_text()))
    known = set(map(variable, Settings.model_fields))
    assert named <= known
    assert {name for name in known if name.startswith("HUBSPOT_S3_")} <= named


def test_the_dagster_yaml_of_the_page_makes_a_compute_log_manager(
    account: EnforcingS3, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    home = tmp_path_factory.mktemp("dagster-home")
    (text,) = blocks("yaml")
    (home / "dagster.yaml").write_text(text)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert isinstance(instance.compute_log_manager, RoleS3ComputeLogManager)
    assert f"prefix: {account.layout.prefix}/" in text


def test_every_command_of_the_page_is_run() -> None:
    assert PAGE.read_text().count("\nhubspot-assets ") == "\n".join(["", *blocks("bash")]).count("\nhubspot-assets ")
    assert not blocks("console")
