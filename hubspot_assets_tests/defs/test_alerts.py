"""A run that fails tells the people whom the settings name."""

import json
import smtplib
from collections.abc import Iterator
from email import message_from_string
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import dagster as dg
import pytest

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.defs.alerts import alert_sensors
from hubspot_assets.defs.build import build_defs
from hubspot_assets.defs.checks.deadline import deadline_check
from hubspot_assets.defs.lake_resource import LakeResource
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.errors import SettingError
from hubspot_assets.settings import Settings

EMAIL = {
    "HUBSPOT_ALERT_EMAIL_TO": "data@example.com, boss@example.com",
    "HUBSPOT_ALERT_EMAIL_FROM": "export@example.com",
    "HUBSPOT_ALERT_SMTP": "mail.example.com",
    "HUBSPOT_ALERT_SMTP_PASSWORD": "never-told",
    "HUBSPOT_ALERT_UI_URL": "https://dagster.example.com/",
}


@dg.asset
def broken() -> None:
    """An asset whose run fails with a sentence."""
    raise dg.Failure("HubSpot does not know the token: set HUBSPOT_ACCESS_TOKEN to a valid one.")


def failed(job: dg.JobDefinition, instance: dg.DagsterInstance) -> dg.RunFailureSensorContext:
    result = job.execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success
    return dg.build_run_status_sensor_context(
        "any", result.get_run_failure_event(), instance, result.dagster_run
    ).for_run_failure()


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[Any]]]:
    """An address that takes what is posted to it, and what was posted."""
    posted: list[Any] = []

    class Slack(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Slack)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", posted
    server.shutdown()
    server.server_close()


def test_without_a_setting_nobody_is_told() -> None:
    assert alert_sensors(Settings()) == []


def test_a_failed_run_is_posted_to_slack_with_its_sentence(
    webhook: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, posted = webhook
    monkeypatch.setenv("HUBSPOT_ALERT_SLACK_WEBHOOK", url)
    (sensor,) = alert_sensors(Settings())
    with dg.DagsterInstance.ephemeral() as instance:
        context = failed(dg.Definitions([broken]).resolve_implicit_global_asset_job_def(), instance)
        sensor(context)
    (text,) = (one["text"] for one in posted)
    assert "HubSpot does not know the token: set HUBSPOT_ACCESS_TOKEN to a valid one." in text
    assert context.dagster_run.run_id in text
    assert "File " not in text
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/secret", "http://127.0.0.1:1secret/", "http://127.0.0.1/a secret"]
)
def test_a_webhook_that_does_not_answer_is_told_without_its_address(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ALERT_SLACK_WEBHOOK", address)
    (sensor,) = alert_sensors(Settings())
    with dg.DagsterInstance.ephemeral() as instance:
        context = failed(dg.Definitions([broken]).resolve_implicit_global_asset_job_def(), instance)
        with pytest.raises(dg.Failure) as raised:
            sensor(context)
    assert "HUBSPOT_ALERT_SLACK_WEBHOOK" in str(raised.value.description)
    assert "secret" not in str(raised.value.description)


def test_a_failed_run_is_mailed_with_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []

    class Server:
        def __init__(self, *where: Any, **_: Any) -> None:
            sent.append(where)

        def __enter__(self) -> "Server":
            return self

        def __exit__(self, *_: Any) -> None:
            pass

        def login(self, *_: Any) -> None:
            pass

        def sendmail(self, *mail: Any) -> None:
            sent.append(mail)

    monkeypatch.setattr(smtplib, "SMTP_SSL", Server)
    for name, value in EMAIL.items():
        monkeypatch.setenv(name, value)
    (sensor,) = alert_sensors(Settings())
    with dg.DagsterInstance.ephemeral() as instance:
        sensor(failed(dg.Definitions([broken]).resolve_implicit_global_asset_job_def(), instance))
    where, (sender, receivers, mail) = sent
    assert where[:2] == ("mail.example.com", 465)
    assert (sender, list(receivers)) == ("export@example.com", ["data@example.com", "boss@example.com"])
    assert "set HUBSPOT_ACCESS_TOKEN to a valid one" in str(message_from_string(mail))
    assert "https://dagster.example.com/runs/" in mail
    assert "never-told" not in mail


@pytest.mark.parametrize("lacking", sorted(set(EMAIL) - {"HUBSPOT_ALERT_EMAIL_TO", "HUBSPOT_ALERT_UI_URL"}))
def test_half_of_the_settings_of_a_mail_is_told(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in EMAIL.items():
        if name != lacking:
            monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=lacking):
        alert_sensors(Settings())


@pytest.mark.parametrize("server", [":587", "mail.example.com:smtp", "mail.example.com:0", "mail.example.com:70000"])
def test_a_server_that_is_none_is_one_sentence(server: str) -> None:
    with pytest.raises(SettingError, match=r"^HUBSPOT_ALERT_SMTP is '.*', which is neither a host nor host:port: set"):
        Settings(alert_smtp=server)


@pytest.mark.parametrize("webhook", ["hooks.slack.com/secret", "file:///secret", "https://[secret"])
def test_a_webhook_that_is_no_address_is_told_without_it(webhook: str) -> None:
    with pytest.raises(SettingError, match=r"^HUBSPOT_ALERT_SLACK_WEBHOOK is not a web address: set it to ") as raised:
        Settings(alert_slack_webhook=webhook)
    assert "secret" not in str(raised.value)


def test_neither_settings_nor_definitions_print_a_secret() -> None:
    given = {name.removeprefix("HUBSPOT_").lower(): value for name, value in EMAIL.items()}
    settings = Settings(**given, alert_slack_webhook="https://hooks.example.com/never-told")
    definitions = build_defs(Portal.standard(), settings=settings)
    assert {sensor.name for sensor in definitions.sensors or ()} >= {"email_on_failure", "slack_on_failure"}
    assert "never-told" not in repr(settings)
    assert "never-told" not in repr(settings.needed_mail_server())


def test_a_missed_deadline_fails_its_run_and_says_which_day(
    s3: DemoS3, monkeypatch: pytest.MonkeyPatch, webhook: tuple[str, list[Any]]
) -> None:
    url, posted = webhook
    for name, value in {**s3.environment, "HUBSPOT_ALERT_SLACK_WEBHOOK": url}.items():
        monkeypatch.setenv(name, value)
    (sensor,) = alert_sensors(Settings())
    definitions = dg.Definitions(
        [dg.AssetSpec("export_day")],
        asset_checks=[deadline_check()],
        jobs=[dg.define_asset_job("deadline", dg.AssetSelection.all_asset_checks())],
        resources={"lake": LakeResource(url="s3://demo-bucket/nothing", s3=dagster_s3())},
        executor=dg.in_process_executor,
    )
    with dg.DagsterInstance.ephemeral() as instance:
        sensor(failed(definitions.resolve_job_def("deadline"), instance))
    assert posted[0]["text"].startswith("deadline failed\nexport_day, yesterday_is_in: ")
    assert "is not complete: nothing of it was exported." in posted[0]["text"]


def dagster_s3() -> Any:
    from dagster_aws.s3 import S3Resource

    return S3Resource()
