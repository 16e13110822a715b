"""What people type wrong, and the one sentence they get for it."""

from collections.abc import Iterator
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from hubspot_assets.cli.app import app
from hubspot_assets.demo.portal import PortalSettings, serve
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import BUCKET

runner = CliRunner()


@pytest.fixture
def demo(s3: DemoS3, monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[None]:
    """The settings of a small portal and an S3, in a directory without a catalogue."""
    monkeypatch.chdir(tmp_path)
    settings = PortalSettings(contacts=20, companies=5, deals=10, other_records=3, properties=5, limits=False)
    with serve(settings) as portal:
        for name, value in {
            **s3.environment,
            "HUBSPOT_ACCESS_TOKEN": portal.token,
            "HUBSPOT_API_URL": portal.url,
            "HUBSPOT_S3_URL": f"s3://{BUCKET}/hubspot",
        }.items():
            monkeypatch.setenv(name, value)
        yield


def run(*arguments: str) -> tuple[int, str]:
    result = runner.invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


def test_without_a_bucket_the_setting_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUBSPOT_S3_URL", raising=False)
    code, output = run("export")
    assert code == 2
    assert "HUBSPOT_S3_URL is not set" in output


@pytest.mark.usefixtures("demo")
def test_without_a_token_the_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN")
    code, output = run("export", "--select", "OWNERS")
    assert code == 2
    assert "HUBSPOT_ACCESS_TOKEN is not set" in output


@pytest.mark.usefixtures("demo")
def test_a_wrong_token_is_one_sentence_without_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "pat-na1-wrong-secret")
    code, output = run("export", "--select", "OWNERS")
    assert code == 1
    assert "HubSpot answered 401" in output
    assert "wrong-secret" not in output
    assert "Traceback" not in output


@pytest.mark.usefixtures("demo")
def test_a_table_that_there_is_not_is_wrong_usage_and_the_nearest_is_named() -> None:
    code, output = run("export", "--select", "OBJECTS_CONTACT")
    assert code == 2
    assert "did you mean OBJECTS_CONTACTS" in output


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "1999-01-01"])
def test_a_day_that_there_is_not_is_wrong_usage(day: str) -> None:
    code, output = run("export", "--day", day)
    assert code == 2
    assert day in output


@pytest.mark.usefixtures("demo")
def test_a_day_long_over_is_refused_with_the_way_out() -> None:
    code, output = run("export", "--day", "2026-01-15", "--select", "OWNERS")
    assert code == 1
    assert "HUBSPOT_ALLOW_LATE_SNAPSHOT" in output


@pytest.mark.usefixtures("demo")
def test_a_selected_table_brings_what_it_is_made_of() -> None:
    code, output = run("export", "--select", "OBJECTS_CONTACTS")
    assert code == 0, output
    assert "1 table exported" in output


@pytest.mark.usefixtures("demo")
def test_a_catalogue_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    (tmp_path / "broken.json").write_text("{}")
    monkeypatch.setenv("HUBSPOT_CATALOG", str(tmp_path / "broken.json"))
    code, output = run("export")
    assert code == 2
    assert "run `hubspot-assets discover`" in output


@pytest.mark.usefixtures("demo")
def test_discover_writes_the_catalogue_and_says_what_is_new(tmp_path) -> None:
    code, output = run("discover")
    assert code == 0, output
    assert "new object type: Cars (2-111)" in output
    assert (tmp_path / "hubspot_catalog.json").exists()
    assert "Cars (2-111)" not in run("discover")[1]


@pytest.mark.usefixtures("demo")
def test_tables_lists_every_table_with_its_scope() -> None:
    code, output = run("tables")
    assert code == 0
    assert "OBJECTS_CONTACTS" in output
    assert "crm.objects.contacts.read" in output


def test_the_version_is_the_packages() -> None:
    assert run("--version") == (0, f"hubspot-assets {version('hubspot-assets')}")
