"""The page "Connect your bucket" is run: every command of it, in its order, in one shell, against an account."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from hubspot_assets import settings
from hubspot_assets.connection.compute_logs import RoleS3ComputeLogManager
from hubspot_assets.connection.policy import bucket_policy
from hubspot_assets.demo.portal.server import RunningPortal, serve
from hubspot_assets.demo.portal.settings import PortalSettings
from hubspot_assets_tests.connection.enforcing_s3 import EnforcingS3, serve_enforcing_s3

PAGE = Path(__file__).parents[2] / "docs" / "connect_your_bucket.md"
COMMAND = """#!/bin/sh
exec {python} -c '
import typer
from hubspot_assets.connection.command import app
root = typer.Typer()
root.add_typer(app, name="connect")
root()
' "$@"
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def account() -> Iterator[EnforcingS3]:
    with serve_enforcing_s3() as s3:
        yield s3


@pytest.fixture(scope="module")
def portal() -> Iterator[RunningPortal]:
    with serve(PortalSettings(contacts=5)) as running:
        yield running


class Shell:
    """Runs a block of the page as a reader would: in one directory, with the program on PATH."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        program = directory / "bin" / "hubspot-assets"
        program.parent.mkdir()
        program.write_text(COMMAND.format(python=sys.executable))
        program.chmod(0o755)

    def run(self, block: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        path = f"{self.directory / 'bin'}{os.pathsep}{os.environ['PATH']}"
        root = str(PAGE.parents[1])
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=self.directory,
            env={**os.environ, **environment, "PATH": path, "PYTHONPATH": root, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )


def test_every_command_of_the_page_does_what_it_says(
    account: EnforcingS3, portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shell = Shell(tmp_path_factory.mktemp("reader"))
    said: dict[str, str] = {}
    for block in blocks("bash"):
        # Step 2 is an administrator's, step 4 the export's own.
        environment = account.admin_environment
        if "connect check" in block:
            keys = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            environment = {key: account.environment[key] for key in keys}
            environment |= {"HUBSPOT_ACCESS_TOKEN": portal.token, "HUBSPOT_API_URL": portal.url}
        done = shell.run(block, environment)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        said[block] = done.stdout
    policy, *_ = said.values()
    assert json.loads(policy) == bucket_policy(account.layout)
    checked = [text for block, text in said.items() if "connect check" in block]
    assert len(checked) == 2
    assert all(text.endswith("All is well.\n") for text in checked)
    written = (shell.directory / ".env").read_text()
    assert account.role_arn in written
    assert json.loads((shell.directory / "hubspot_export.json").read_text())["Resources"]
    assert account.stored_keys() == []


def test_the_page_names_every_setting_of_the_connection_and_no_other() -> None:
    named = set(re.findall(r"HUBSPOT_\w+", PAGE.read_text()))
    known = {one.name for one in settings.SETTINGS}
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


def test_the_commands_that_are_shown_only_belong_to_other_pages() -> None:
    shown = "".join(blocks("console"))
    assert "connect" not in shown
