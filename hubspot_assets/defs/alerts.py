"""Who is told when a run fails: people, by e-mail or in Slack, where the settings name them.

Sensors on failed runs, on by default, and none without a setting. A missed deadline is a failed run, too: its check
fails the job `deadline`. Not here: what a run says of itself (`failures.py`), when it is late (`checks/deadline.py`).
"""

import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import dagster as dg

from hubspot_assets import settings
from hubspot_assets.errors import SettingError

_SHOWN = 5
_TIMEOUT_SECONDS = 20
_SSL_PORT = 465


def alert_sensors() -> list[dg.SensorDefinition]:
    """The sensors that the settings ask for. Raises SettingError where what one of them needs is missing."""
    sensors = []
    if settings.ALERT_EMAIL_TO.get():
        sensors.append(_email())
    if settings.ALERT_SLACK_WEBHOOK.get():
        sensors.append(_slack(settings.ALERT_SLACK_WEBHOOK.require()))
    return sensors


def _email() -> dg.SensorDefinition:
    host, _, port = settings.ALERT_SMTP.require().partition(":")
    if port and not port.isdecimal():
        raise SettingError(f"{settings.ALERT_SMTP.name} is {host}:{port}: set it to a host, or to host:port.")
    sender = settings.ALERT_EMAIL_FROM.require()
    return dg.make_email_on_run_failure_sensor(
        email_from=sender,
        email_password=settings.ALERT_SMTP_PASSWORD.require(),
        email_to=[address.strip() for address in settings.ALERT_EMAIL_TO.require().split(",")],
        email_body_fn=lambda context: message(context).replace("\n", "<br>"),
        email_subject_fn=lambda context: message(context).partition("\n")[0],
        smtp_host=host,
        smtp_type="SSL" if int(port or _SSL_PORT) == _SSL_PORT else "STARTTLS",
        smtp_port=int(port or _SSL_PORT),
        name="email_on_failure",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )


def _slack(webhook: str) -> dg.SensorDefinition:
    if not webhook.startswith(("https://", "http://")):
        raise SettingError(f"{settings.ALERT_SLACK_WEBHOOK.name} is no address: set it to https://hooks.slack.com/...")

    @dg.run_failure_sensor(
        name="slack_on_failure",
        description="Posts what failed, and why, to the Slack webhook of the settings.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def _tell(context: dg.RunFailureSensorContext) -> None:
        body = json.dumps({"text": message(context)}).encode()
        request = Request(webhook, body, {"Content-Type": "application/json"})  # noqa: S310 - https or http, see above
        try:
            urlopen(request, timeout=_TIMEOUT_SECONDS).close()  # noqa: S310
        except OSError as error:
            # The address is a secret: whoever has it can post. The error's own text may hold it.
            raise dg.Failure(
                f"Slack did not take the message ({type(error).__name__}): look at {settings.ALERT_SLACK_WEBHOOK.name}."
            ) from None

    return _tell


def message(context: dg.RunFailureSensorContext) -> str:
    """What failed in the first line; then why, sentence by sentence; then where to look."""
    run = context.dagster_run
    day = run.tags.get("dagster/partition")
    reasons = list(dict.fromkeys([*_failed_checks(context), *_failed_steps(context)]))
    reasons = reasons or [context.failure_event.message or "It does not say why."]
    more = [f"and {len(reasons) - _SHOWN} more"] if len(reasons) > _SHOWN else []
    page = settings.ALERT_UI_URL.get()
    where = f"{page.rstrip('/')}/runs/{run.run_id}" if page else f"run {run.run_id}"
    return "\n".join([f"{run.job_name} failed{f' for {day}' if day else ''}", *reasons[:_SHOWN], *more, where])


def _failed_checks(context: dg.RunFailureSensorContext) -> Iterator[str]:
    kind = {dg.DagsterEventType.ASSET_CHECK_EVALUATION}
    for record in context.instance.get_records_for_run(context.dagster_run.run_id, of_type=kind).records:
        event = record.event_log_entry.dagster_event
        told = event.asset_check_evaluation_data if event else None
        if told and not told.passed and told.severity is dg.AssetCheckSeverity.ERROR:
            yield f"{told.asset_key.to_user_string()}, {told.check_name}: {told.description}"


def _failed_steps(context: dg.RunFailureSensorContext) -> Iterator[str]:
    for event in context.get_step_failure_events():
        told = event.step_failure_data
        described = told.user_failure_data.description if told.user_failure_data else None
        # A failed check has said it better.
        if described or (told.error and "check" not in (told.error.cls_name or "").lower()):
            yield f"{event.step_key}: {described or (told.error.message.strip() if told.error else 'failed')}"
