"""Every setting of the export, by its fixed name, from the environment or a `.env` file in the working directory.

Here: names, defaults, and the one sentence said when a needed one is missing or wrong. Nothing is read at import, so
definitions load without any setting. boto3 reads its own (`AWS_PROFILE`, `AWS_REGION`, ...) from the same environment.
"""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import load_dotenv

from hubspot_assets.errors import SettingError

DEFAULT_API_URL = "https://api.hubapi.com"
DEFAULT_CATALOG = "hubspot_catalog.json"


@dataclass(frozen=True)
class Setting:
    """One environment variable. `default` None means that whoever needs it fails with a sentence that names it."""

    name: str
    meaning: str
    default: str | None = None

    def get(self) -> str | None:
        """The value, or the default; an empty value counts as not set."""
        return os.environ.get(self.name) or self.default

    def require(self) -> str:
        """The value. Raises SettingError that names the variable and what to set it to."""
        value = self.get()
        if not value:
            raise SettingError(f"{self.name} is not set: set it in the environment or in .env to {self.meaning}.")
        return value


ACCESS_TOKEN = Setting("HUBSPOT_ACCESS_TOKEN", "the HubSpot service key or private app token that reads the portal")
API_URL = Setting("HUBSPOT_API_URL", "the address of HubSpot's API", DEFAULT_API_URL)
S3_URL = Setting("HUBSPOT_S3_URL", "the folder that receives the export, such as s3://bucket/prefix")
FORMATS = Setting("HUBSPOT_FORMATS", "the formats of the files: csv, parquet, or csv,parquet", "csv")
CATALOG = Setting("HUBSPOT_CATALOG", "the portal catalogue that `hubspot-assets discover` writes", DEFAULT_CATALOG)
TIMEZONE = Setting("HUBSPOT_TIMEZONE", "the time zone of the partitions' days, such as Europe/Berlin", "UTC")
FIRST_DAY = Setting(
    "HUBSPOT_FIRST_DAY", "the first day that partitions are made for, YYYY-MM-DD; by default that of the first discover"
)
LATE_SNAPSHOT = Setting(
    "HUBSPOT_ALLOW_LATE_SNAPSHOT", "true, to write today's state of the portal into a day that is long over", "false"
)
ROW_FALL_LIMIT = Setting(
    "HUBSPOT_ROW_FALL_LIMIT", "by how many percent a table may shrink from one day to the next without a warning", "20"
)
FULL_HISTORY_DAYS = Setting(
    "HUBSPOT_FULL_HISTORY_DAYS",
    "after how many days the history of every record is read again, instead of carried forward; 1: every day",
    "7",
)
DROP_OLD_COLUMNS = Setting(
    "HUBSPOT_DROP_OLD_COLUMNS",
    "true, to export tables without the columns of properties that are gone, which stay, NULL, otherwise",
    "false",
)
COUNT_TOLERANCE = Setting(
    "HUBSPOT_COUNT_TOLERANCE",
    "by how many percent a table may differ from HubSpot's own count of records without a warning",
    "5",
)

S3_ROLE_ARN = Setting("HUBSPOT_S3_ROLE_ARN", "the ARN of the IAM role that the export assumes to write into the bucket")
S3_EXTERNAL_ID = Setting("HUBSPOT_S3_EXTERNAL_ID", "the external id that the role's trust policy asks for")
S3_KMS_KEY = Setting(
    "HUBSPOT_S3_KMS_KEY",
    "the ARN of the KMS key that encrypts what is written, or AES256 for S3's own keys; without it, the bucket decides",
)
S3_BUCKET_OWNER = Setting(
    "HUBSPOT_S3_BUCKET_OWNER", "the id of the AWS account that owns the bucket; a bucket of any other one is refused"
)

ALERT_EMAIL_TO = Setting("HUBSPOT_ALERT_EMAIL_TO", "the addresses, with commas between, that are told of failed runs")
ALERT_EMAIL_FROM = Setting("HUBSPOT_ALERT_EMAIL_FROM", "the address that alerts come from, which is the SMTP user, too")
ALERT_SMTP = Setting("HUBSPOT_ALERT_SMTP", "the SMTP server of alerts, host or host:port; STARTTLS unless it is 465")
ALERT_SMTP_PASSWORD = Setting("HUBSPOT_ALERT_SMTP_PASSWORD", "the password of that user")
ALERT_SLACK_WEBHOOK = Setting("HUBSPOT_ALERT_SLACK_WEBHOOK", "the Slack webhook that is told of failed runs")
ALERT_UI_URL = Setting("HUBSPOT_ALERT_UI_URL", "the address of the Dagster UI, for links in alerts")

SETTINGS: tuple[Setting, ...] = (
    ACCESS_TOKEN,
    API_URL,
    S3_URL,
    FORMATS,
    CATALOG,
    TIMEZONE,
    FIRST_DAY,
    LATE_SNAPSHOT,
    FULL_HISTORY_DAYS,
    DROP_OLD_COLUMNS,
    ROW_FALL_LIMIT,
    COUNT_TOLERANCE,
    S3_ROLE_ARN,
    S3_EXTERNAL_ID,
    S3_KMS_KEY,
    S3_BUCKET_OWNER,
    ALERT_EMAIL_TO,
    ALERT_EMAIL_FROM,
    ALERT_SMTP,
    ALERT_SMTP_PASSWORD,
    ALERT_SLACK_WEBHOOK,
    ALERT_UI_URL,
)


def load_dotenv_file() -> None:
    """Read `.env` of the working directory; variables that are already set win."""
    load_dotenv(Path.cwd() / ".env", override=False)


def timezone() -> ZoneInfo:
    """The time zone of the partitions' days. Raises SettingError for a name that is none."""
    name = TIMEZONE.require()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingError(
            f"{TIMEZONE.name} is {name!r}, which is no time zone: set it to a name such as UTC or Europe/Berlin."
        ) from error


def yesterday() -> str:
    """The last complete day in the export's time zone, YYYY-MM-DD."""
    return str((datetime.now(timezone()) - timedelta(days=1)).date())


def first_day() -> str | None:
    """The first day of the export where it is set. Raises SettingError for what is no day."""
    value = FIRST_DAY.get()
    try:
        return str(date.fromisoformat(value)) if value else None
    except ValueError as error:
        raise SettingError(f"{FIRST_DAY.name} is {value!r}: set it to a day, such as 2026-01-31.") from error


def flag(setting: Setting) -> bool:
    """A setting that is true or false. Raises SettingError for anything else."""
    value = (setting.get() or "false").strip().lower()
    if value in {"true", "1", "yes"}:
        return True
    if value in {"false", "0", "no"}:
        return False
    raise SettingError(f"{setting.name} is {value!r}: set it to true or false.")


def percent(setting: Setting) -> float:
    """A setting that is a percentage from 0 to 100. Raises SettingError for anything else."""
    value = setting.require()
    try:
        number = float(value)
    except ValueError:
        number = -1
    if 0 <= number <= 100:
        return number
    raise SettingError(f"{setting.name} is {value!r}: set it to a number of percent, from 0 to 100.")


def days(setting: Setting) -> int:
    """A setting that is a number of days, at least 1. Raises SettingError for anything else."""
    value = setting.require()
    if value.isdecimal() and int(value) >= 1:
        return int(value)
    raise SettingError(f"{setting.name} is {value!r}: set it to a whole number of days, 1 or more.")
