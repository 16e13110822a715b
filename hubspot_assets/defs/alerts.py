"""Who is told when a run fails: people, by e-mail or in Slack, where the settings name them.

Sensors on failed runs, on by default, and none without a setting. One of each for all portals of a deployment, because
they hear of every run of it; the job's name says which portal failed. A missed deadline is a failed run, too: its check
fails the job `deadline`. Not here: what a run says of itself (`failures.py`), when it is late (`checks/deadline.py`).
"""

import json
from collections.abc import Iterator
from html import escape
from http.client import HTTPException
from urllib.request import Request, urlopen

import dagster as dg
from pydantic import SecretStr

from hubspot_assets.defs.day_run import PARTITION
from hubspot_assets.settings import SMTP_SSL_PORT, MailServer, Settings, variable

_SHOWN = 5
_TIMEOUT_SECONDS = 20


def alert_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensors that the settings ask for. Raises SettingError where what one of them needs is missing."""
    sensors = []
    if settings.alert_email_to:
        sensors.append(_email(settings.alert_email_to, settings.needed_mail_server(), settings.alert_ui_url))
    if settings.alert_slack_webhook:
        sensors.append(_slack(settings.alert_slack_webhook, settings.alert_ui_url))
    return sensors


def _email(to: str, server: MailServer, page: str | None) -> dg.SensorDefinition:
    return dg.make_email_on_run_failure_sensor(
        email_from=server.sender,
        email_password=server.password.get_secret_value(),
        email_to=[address.strip() for address in to.split(",") if address.strip()],
        email_body_fn=lambda context: escape(message(context, page)).replace("\n", "<br>"),
        email_subject_fn=lambda context: message(context, page).partition("\n")[0],
        smtp_host=server.host,
        smtp_type="SSL" if server.port == SMTP_SSL_PORT else "STARTTLS",
        smtp_port=server.port,
        name="email_on_failure",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )


def _slack(webhook: SecretStr, page: str | None) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="slack_on_failure",
        description="Posts what failed, and why, to the Slack webhook of the settings.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def _tell(context: dg.RunFailureSensorContext) -> None:
        body = json.dumps({"text": escape(message(context, page), quote=False)}).encode()
        headers = {"Content-Type": "application/json"}
        try:
            # The settings take only addresses with https or http.
            request = Request(webhook.get_secret_value(), body, headers)  # noqa: S310
            urlopen(request, timeout=_TIMEOUT_SECONDS).close()  # noqa: S310
        except (OSError, HTTPException, ValueError) as error:
            # The address is a secret: whoever has it can post. The error's own text may hold it.
            raise dg.Failure(
                f"Slack did not take the message ({type(error).__name__}): look at {variable('alert_slack_webhook')}."
            ) from None

    return _tell


def message(context: dg.RunFailureSensorContext, page: str | None = None) -> str:
    """What failed in the first line; then why, sentence by sentence; then where to look, at the UI's `page`."""
    run = context.dagster_run
    day = run.tags.get(PARTITION)
    reasons = list(dict.fromkeys([*_failed_checks(context), *_failed_steps(context)]))
    reasons = reasons or [context.failure_event.message or "The run gives no reason."]
    more = [f"and {len(reasons) - _SHOWN} more"] if len(reasons) > _SHOWN else []
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
