"""Every setting of the export: its name, meaning and default, and the one sentence said when it is missing or wrong.

A `Settings` is created where a program starts (a command, the code location) and passed down: nothing below `cli` and
`defs` reads the environment for one. boto3 reads its own (`AWS_PROFILE`, `AWS_REGION`, ...) from the same
environment. Not here: what a value must look like (`setting_values.py`), a url in S3 (`lake.layout`), a role
(`connection.session`).
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from dotenv import load_dotenv
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from hubspot_assets import setting_values
from hubspot_assets.errors import SettingError
from hubspot_assets.outside_text import one_line

DEFAULT_CATALOG = Path("hubspot_catalog.json")
SMTP_SSL_PORT = 465
_PREFIX = "HUBSPOT_"


class MailServer(NamedTuple):
    """Who mails alerts: an SMTP server, and the address that is its user and the sender."""

    host: str
    port: int
    sender: str
    password: SecretStr


Percent = Annotated[float, Field(ge=0, le=100)]


class Settings(BaseSettings):
    """The settings of one export. What is not passed comes from the environment; an empty variable counts as not set.

    Raises SettingError for an invalid value.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    access_token: Annotated[SecretStr, AfterValidator(setting_values.access_token)] | None = Field(
        None, description="the HubSpot service key or private app token of the portal", examples=["pat-eu1-..."]
    )
    portals: Path = Field(
        Path("hubspot_portals.yaml"),
        description="the file that lists the portals, if there are several",
        examples=["hubspot_portals.yaml"],
    )
    portal: str = Field("", description="the portal in that file that a command is about", examples=["eu"])
    token_variable: str = Field(
        "HUBSPOT_ACCESS_TOKEN",
        description="the name of the variable that holds the access token, if it is a different one",
        examples=["HUBSPOT_TOKEN_EU"],
    )
    api_url: Annotated[str, AfterValidator(setting_values.address)] = Field(
        "https://api.hubapi.com", description="the address of HubSpot's API", examples=["https://api.hubapi.com"]
    )
    s3_url: str | None = Field(
        None, description="the folder in S3 where the export goes", examples=["s3://bucket/prefix"]
    )
    formats: str = Field("csv", description="the file formats", examples=["csv, parquet, or csv,parquet"])
    catalog: Path = Field(
        DEFAULT_CATALOG,
        description="the portal catalogue that `hubspot-assets discover` writes",
        examples=["hubspot_catalog.json"],
    )
    select: str = Field(
        "",
        description="the tables to export instead of all, as for `--select`, separated by commas",
        examples=["contacts,companies,deals"],
    )
    exclude: str = Field(
        "",
        description="the tables to leave out, as for `--exclude`, separated by commas",
        examples=["TEAMS,events,conversations"],
    )
    timezone: Annotated[str, AfterValidator(setting_values.time_zone)] = Field(
        "UTC", description="the time zone that decides when a day begins", examples=["UTC or Europe/Berlin"]
    )
    first_day: Annotated[str, AfterValidator(setting_values.day)] | None = Field(
        None,
        description="the first day that has a partition, instead of the day before the first `discover`",
        examples=["2026-01-31"],
    )
    allow_late_snapshot: bool = Field(
        False,
        description="true or false: whether today's state of the portal may be written into a day that is long over",
        examples=["true"],
    )
    full_history_days: int = Field(
        7,
        ge=1,
        description="the number of days, 1 or more, after which the history of every record is read in full instead "
        "of carried forward",
        examples=["7"],
    )
    drop_old_columns: bool = Field(
        False,
        description="true or false: whether the columns of properties that no longer exist are dropped; otherwise "
        "they stay, filled with NULL",
        examples=["true"],
    )
    group_every_type: bool = Field(
        False,
        description="true or false: whether every object type gets its own group in the graph, even if the portal "
        "has no records of it",
        examples=["true"],
    )
    row_fall_limit: Percent = Field(
        20.0,
        description="the percentage, 0 to 100, by which a table may shrink from one day to the next without a warning",
        examples=["20"],
    )
    count_tolerance: Percent = Field(
        5.0,
        description="the percentage, 0 to 100, by which a table may differ from HubSpot's own count of records without "
        "a warning",
        examples=["5"],
    )
    s3_role_arn: str | None = Field(
        None,
        description="the ARN of the IAM role that the export assumes to write to the bucket",
        examples=["arn:aws:iam::111122223333:role/hubspot-export"],
    )
    s3_external_id: str | None = Field(
        None, description="the external id that the role's trust policy requires", examples=["5c0f1d7e9a"]
    )
    s3_kms_key: str | None = Field(
        None,
        description="the ARN of the KMS key that encrypts what is written, or AES256 for S3's own keys; without it, "
        "the bucket decides",
        examples=["arn:aws:kms:eu-central-1:111122223333:key/..."],
    )
    s3_bucket_owner: str | None = Field(
        None,
        description="the id of the AWS account that must own the bucket",
        examples=["111122223333"],
    )
    alert_email_to: str | None = Field(
        None,
        description="the addresses that get an e-mail when a run fails, separated by commas",
        examples=["data@example.com,boss@example.com"],
    )
    alert_email_from: str | None = Field(
        None,
        description="the sender of alerts, who is also the SMTP user",
        examples=["export@example.com"],
    )
    alert_smtp: Annotated[str, AfterValidator(setting_values.server)] | None = Field(
        None,
        description="the SMTP server for alerts, with SSL on port 465 and STARTTLS on any other",
        examples=["mail.example.com or mail.example.com:587"],
    )
    alert_smtp_password: SecretStr | None = Field(
        None, description="the password of the SMTP user", examples=["the one of export@example.com"]
    )
    alert_slack_webhook: Annotated[SecretStr, AfterValidator(setting_values.webhook)] | None = Field(
        None,
        description="the address of the Slack webhook that gets a message when a run fails",
        examples=["https://hooks.slack.com/services/..."],
    )
    alert_ui_url: Annotated[str, AfterValidator(setting_values.address)] | None = Field(
        None,
        description="the address of the Dagster UI, for the links in alerts",
        examples=["https://dagster.example.com"],
    )

    def __init__(self, **given: Any) -> None:
        name = given.get("token_variable") or os.environ.get(variable("token_variable"))
        if name and "access_token" not in given:
            # Not HUBSPOT_ACCESS_TOKEN, even if this one is not set: that is another portal's.
            given["access_token"] = os.environ.get(name) or None
        try:
            super().__init__(**given)
        except ValidationError as error:
            # Not as its cause: it holds the input, perhaps with a token.
            told = _told(error.errors(include_url=False, include_context=False)[0])
        else:
            return
        raise SettingError(told)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the days."""
        return ZoneInfo(self.timezone)

    @property
    def default_catalog(self) -> Path:
        """Where the portal catalogue is if no setting says; the file need not exist."""
        return DEFAULT_CATALOG.with_stem(f"{DEFAULT_CATALOG.stem}_{self.portal}") if self.portal else DEFAULT_CATALOG

    @property
    def yesterday(self) -> str:
        """The last complete day, YYYY-MM-DD."""
        return str((datetime.now(self.zone) - timedelta(days=1)).date())

    def needed_token(self) -> str:
        """The access token. Raises SettingError if it is not set."""
        if self.access_token is None:
            raise _missing("access_token", self.token_variable)
        return self.access_token.get_secret_value()

    def needed_s3_url(self) -> str:
        """Where the export goes. Raises SettingError if it is not set."""
        if self.s3_url is None:
            raise _missing("s3_url")
        return self.s3_url

    def needed_mail_server(self) -> MailServer:
        """How alerts are mailed. Raises SettingError for the first of its settings that is not set."""
        if self.alert_smtp is None:
            raise _missing("alert_smtp")
        if self.alert_email_from is None:
            raise _missing("alert_email_from")
        if self.alert_smtp_password is None:
            raise _missing("alert_smtp_password")
        host, _, port = self.alert_smtp.partition(":")
        return MailServer(host, int(port or SMTP_SSL_PORT), self.alert_email_from, self.alert_smtp_password)


def variable(field: str) -> str:
    """The name of the variable that holds a field of the settings."""
    return f"{_PREFIX}{field.upper()}"


def load_dotenv_file() -> None:
    """Read `.env` of the working directory; variables that are already set win. Raises SettingError."""
    path = Path.cwd() / ".env"
    try:
        load_dotenv(path, override=False)
    except UnicodeDecodeError as error:
        raise SettingError(f"{path} is not UTF-8 text: save it as UTF-8.") from error
    except ValueError as error:  # a name or a value that no environment takes
        raise SettingError(f"{path} cannot be used ({error}): correct it.") from error


def _missing(field: str, name: str | None = None) -> SettingError:
    return SettingError(
        f"{name or variable(field)} is not set: set it in the environment or in .env to {_meaning(field)}."
    )


def _told(error: ErrorDetails) -> str:
    """The sentence for a field that cannot be used, without the value of a secret."""
    field = str(error["loc"][0])
    is_secret = "SecretStr" in str(Settings.model_fields[field].annotation)
    what = error["msg"] if error["type"] == "setting" else "cannot be used"
    given = "" if is_secret else f" is {one_line(str(error['input']))!r}, which"
    return f"{variable(field)}{given} {what}: set it to {_meaning(field)}."


def _meaning(field: str) -> str:
    known = Settings.model_fields[field]
    return f"{known.description}, such as {(known.examples or [''])[0]}"
