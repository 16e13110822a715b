"""The settings: where they come from, and the one sentence said of one that is missing or wrong."""

import os
from pathlib import Path

import dagster as dg
import pytest

from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.resources import HubSpotResource
from hubspot_assets.defs.s3_resource import RoleS3Resource
from hubspot_assets.errors import SettingError
from hubspot_assets.settings import Settings, load_dotenv_file, variable
from hubspot_assets_tests.small_export import catalogue, command

TOKEN = "pat-na1-secret"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("HUBSPOT_", "AWS_"))]:
        monkeypatch.delenv(name)


def test_what_is_not_set_has_its_default_and_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.setenv(variable(field), "")
    settings = Settings()
    assert (settings.access_token, settings.s3_url, settings.timezone) == (None, None, "UTC")
    assert (settings.full_history_days, settings.row_fall_limit, settings.count_tolerance) == (7, 20, 5)
    assert (settings.allow_late_snapshot, settings.api_url) == (False, "https://api.hubapi.com")


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_TIMEZONE", "Europe/Berlin")
    assert (Settings().timezone, Settings(timezone="America/Lima").timezone) == ("Europe/Berlin", "America/Lima")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        (
            "api_url",
            "api.hubapi.com",
            "which is not a web address: set it to the address of HubSpot's API, such as https://",
        ),
        ("api_url", "https://[x", "which is not a web address"),
        (
            "timezone",
            "Mars",
            "which is not a time zone: set it to the time zone that decides when a day begins, such as UTC or Europe",
        ),
        ("timezone", "../../etc/hostname", "which is not a time zone"),
        ("first_day", "2026-02-30", "which is not a day"),
        ("first_day", "0001-01-01", "which is before 1970-01-01, when no portal had records: set it to"),
        ("allow_late_snapshot", "maybe", "set it to true or false"),
        ("full_history_days", "weekly", "set it to the number of days, 1 or more"),
        ("full_history_days", "0", "set it to the number of days, 1 or more"),
        ("row_fall_limit", "101", "set it to the percentage, 0 to 100"),
        ("count_tolerance", "nan", "set it to the percentage, 0 to 100"),
    ],
)
def test_a_value_that_can_not_be_used_is_one_sentence(
    field: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable(field), value)
    with pytest.raises(SettingError) as raised:
        Settings()
    told = str(raised.value)
    assert told.startswith(f"{variable(field)} is {value!r}, which ")
    assert says in told
    assert ("\n" not in told, told[-1]) == (True, ".")
    assert command("tables") == (2, f"error: {told}")


@pytest.mark.parametrize("token", ["pat-na1 secret", "pat-na1-sécret", " "])
def test_a_token_that_is_none_is_told_without_it(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", token)
    with pytest.raises(SettingError, match=r"^HUBSPOT_ACCESS_TOKEN contains a space or another character") as raised:
        Settings()
    assert "cret" not in str(raised.value)
    assert (raised.value.__cause__, raised.value.__context__) == (None, None), "pydantic's error holds what was given"


@pytest.mark.parametrize(("field", "ask"), [("access_token", "needed_token"), ("s3_url", "needed_s3_url")])
def test_what_is_needed_and_not_set_is_told_with_an_example(field: str, ask: str) -> None:
    with pytest.raises(SettingError, match=f"^{variable(field)} is not set: set it .* to .*, such as .*") as raised:
        getattr(Settings(), ask)()
    assert "\n" not in str(raised.value)


def test_a_token_is_taken_without_the_blanks_around_it() -> None:
    assert Settings(access_token=f" {TOKEN}\n").needed_token() == TOKEN


def test_dotenv_is_read_and_goes_behind_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HUBSPOT_TIMEZONE=Europe/Berlin\nHUBSPOT_S3_URL=s3://of-the-file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUBSPOT_S3_URL", "s3://of-the-environment")
        patch.setenv("HUBSPOT_TIMEZONE", "")
        patch.delenv("HUBSPOT_TIMEZONE")
        load_dotenv_file()
        settings = Settings()
    assert (settings.timezone, settings.s3_url) == ("Europe/Berlin", "s3://of-the-environment")


@pytest.mark.parametrize("content", [b"HUBSPOT_TIMEZONE=\xff\xfe", "HUBSPOT_TIMEZONE=UTC".encode("utf-16")])
def test_a_dotenv_that_is_no_text_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(content)
    code, printed = command("tables")
    assert (code, printed) == (2, f"error: {tmp_path / '.env'} is not UTF-8 text: save it as UTF-8.")


def test_the_definitions_show_the_variables_that_are_set_and_no_value_of_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", TOKEN)
    monkeypatch.setenv("HUBSPOT_COUNT_TOLERANCE", "8")
    monkeypatch.setenv("HUBSPOT_S3_URL", "s3://bucket/prefix")
    monkeypatch.setenv("HUBSPOT_S3_KMS_KEY", "AES256")
    resources = build_defs(catalogue("0-2")).resources
    assert resources is not None
    assert resources["hubspot"] == HubSpotResource(
        access_token=dg.EnvVar("HUBSPOT_ACCESS_TOKEN"), count_tolerance=dg.EnvVar("HUBSPOT_COUNT_TOLERANCE")
    )
    assert resources["lake"].url == dg.EnvVar("HUBSPOT_S3_URL")
    assert resources["lake"].s3 == RoleS3Resource(kms_key=dg.EnvVar("HUBSPOT_S3_KMS_KEY"))
    settings = resources["hubspot"].process_config_and_initialize().settings()
    assert (settings.needed_token(), settings.count_tolerance) == (TOKEN, 8)
