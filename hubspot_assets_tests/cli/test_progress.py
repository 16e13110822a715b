"""What is told of an export while it runs, and that what it hears of warnings does not become noise."""

import io
import logging
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterEventType

from hubspot_assets.cli.export import by_reason
from hubspot_assets.cli.progress import Expected, ExportProgress, step_line
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.hubspot.http.client import RATE_LIMIT_WAIT
from hubspot_assets.hubspot.http.limiter import Limiter

DAY = "2026-11-22"
CONTACTS = "read_objects_contacts"


@dataclass
class Client:
    calls: int = 0
    limiter: Limiter = field(default_factory=Limiter)


@dataclass
class Account:
    """What the progress looks at of a reading."""

    client: Client = field(default_factory=Client)
    records: int = 0


@dataclass
class Data:
    materialization: Any


@dataclass
class Event:
    """What the progress looks at of an event of Dagster's."""

    event_type: DagsterEventType
    step_key: str | None = CONTACTS
    asset_key: dg.AssetKey | None = None
    step_materialization_data: Data | None = None

    @property
    def is_step_materialization(self) -> bool:
        return self.event_type is DagsterEventType.ASSET_MATERIALIZATION


def written(name: str, rows: int | None = None) -> Any:
    metadata = {} if rows is None else {"dagster/partition_row_count": dg.MetadataValue.int(rows)}
    materialization = dg.AssetMaterialization(name, metadata=metadata)
    return Event(
        DagsterEventType.ASSET_MATERIALIZATION,
        asset_key=dg.AssetKey(name),
        step_materialization_data=Data(materialization),
    )


def ended() -> Any:
    return Event(DagsterEventType.STEP_SUCCESS)


def progress(expected: Expected, *, terminal: bool = False) -> tuple[ExportProgress, io.StringIO]:
    printed = io.StringIO()
    return ExportProgress(Terminal(file=printed, force_terminal=terminal, width=120), DAY, expected), printed


def test_a_step_tells_records_of_about_how_many_rate_and_calls() -> None:
    told = step_line(records=1_200, expected=50_000, calls=24, seconds=5.0)
    assert told == "1,200 of about 50,000 records, 240 a second, 24 calls"
    assert step_line(records=0, expected=None, calls=1, seconds=0.0) == "1 call"


def test_a_terminal_shows_what_is_read_the_share_of_the_limit_and_what_is_left_of_the_day() -> None:
    shown, printed = progress(Expected(10, 1_000, {CONTACTS: 5_000}), terminal=True)
    account = Account(Client(calls=20), records=1_000)
    account.client.limiter.heard(
        "general", {"X-HubSpot-RateLimit-Daily-Remaining": "4321"}, account.client.limiter.acquire("general")
    )
    with shown.shown():
        shown.on_reading(CONTACTS, account)  # type: ignore[arg-type]
        shown.on_event(written("owners", 5))
    text = printed.getvalue()
    assert "OBJECTS_CONTACTS" in text
    assert "1,000 of about 5,000 records" in text
    assert "1 of 10 tables, 20 of about 1,000 calls" in text
    assert "of the rate limit, 4,321 calls left today" in text


def test_a_pipe_gets_a_line_for_each_table_as_it_ends_and_nothing_else() -> None:
    shown, printed = progress(Expected(2, 10))
    with shown.shown():
        shown.on_event(written("objects_contacts", 1_000))
        shown.on_event(written("objects.contacts"))
        shown.on_event(ended())
        shown.on_event(written("export_day"))
    assert printed.getvalue().splitlines() == [
        "1/2 OBJECTS_CONTACTS: 1,000 rows",
        "2/2 OBJECTS/CONTACTS: not available from HubSpot",
    ]


def test_tables_that_nobody_asked_for_are_told_and_not_counted() -> None:
    shown, printed = progress(Expected(1, chosen=frozenset({"OBJECTS_CONTACTS"})))
    with shown.shown():
        shown.on_event(written("property_definitions", 7))
        shown.on_event(written("objects_contacts", 1_000))
        shown.on_event(written("objects.contacts", 1_000))
    assert shown.tables == 1
    assert printed.getvalue().splitlines() == [
        "with them PROPERTY_DEFINITIONS: 7 rows",
        "1/1 OBJECTS_CONTACTS: 1,000 rows",
        "with them OBJECTS/CONTACTS: 1,000 rows",
    ]


def test_calls_of_steps_that_ended_are_kept() -> None:
    shown, _ = progress(Expected(2, 100))
    shown.on_reading(CONTACTS, Account(Client(calls=7)))  # type: ignore[arg-type]
    shown.on_event(ended())
    shown.on_reading("read_owners", Account(Client(calls=2)))  # type: ignore[arg-type]
    assert shown.calls == 9


def test_an_estimate_that_was_too_low_is_made_anew_by_the_tables_that_are_in() -> None:
    shown, _ = progress(Expected(10, 100))
    account = Account(Client(calls=90))
    shown.on_reading(CONTACTS, account)  # type: ignore[arg-type]
    assert shown.expected_calls == 100
    account.client.calls = 120
    shown.on_event(written("owners", 5))
    shown.on_event(written("teams", 5))
    assert shown.expected_calls == 600


def test_sixteen_waits_for_the_limit_are_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    shown, printed = progress(Expected(2))
    hubspot_logger = logging.getLogger("hubspot_assets.hubspot")
    with shown.shown():
        for _ in range(16):
            hubspot_logger.warning("the limit", extra={RATE_LIMIT_WAIT: 2.0})
        hubspot_logger.warning("attempt 1 failed")
    assert len(printed.getvalue().splitlines()) == 1
    assert capfd.readouterr().err == ""
    assert shown.notice == (
        "HubSpot: calls waited 16 times for its rate limit (32 s); failed calls were repeated once."
    )


def test_nothing_is_said_of_a_quiet_day() -> None:
    assert progress(Expected(2))[0].notice is None


def test_one_answer_to_many_tables_is_one_cause() -> None:
    said = (
        "HubSpot answered 401 to GET {}: Authentication credentials not found; check that the access token is complete."
    )
    reasons = {"OWNERS": said.format("/a"), "TEAMS": said.format("/b"), "LISTS": "S3 refuses."}
    assert by_reason(reasons) == {"S3 refuses.": ["LISTS"], said.format("/a"): ["OWNERS", "TEAMS"]}


def test_one_answer_of_s3_to_many_tables_is_one_cause() -> None:
    said = "Cannot write s3://b/p/2026-11-22/{}: S3 answered ExpiredToken (403). The session has expired: log in again."
    lost = "Cannot read s3://b/p/2026-11-22/{}: S3 cannot be reached (ConnectTimeoutError). Check the network."
    reasons = {table: said.format(f"{table}/data_00000.csv.gz") for table in ("LISTS", "OWNERS", "TEAMS")}
    reasons |= {table: lost.format(f"{table}/_manifest.json") for table in ("PIPELINES", "PIPELINE_STAGES")}
    reasons["OBJECTS/CONTACTS"] = "Cannot write s3://b/p/x: S3 answered NoSuchBucket (404). The bucket does not exist."
    assert list(by_reason(reasons).values()) == [
        ["LISTS", "OWNERS", "TEAMS"],
        ["OBJECTS/CONTACTS"],
        ["PIPELINES", "PIPELINE_STAGES"],
    ]


def test_answers_that_are_wrong_in_their_own_ways_are_causes_of_their_own() -> None:
    said = "HubSpot answered 200 to GET {}; try again later."
    reasons = {"PIPELINES": said.format("/p: no list named 'stages'"), "TEAMS": said.format("/t: an empty answer")}
    assert by_reason(reasons) == {reason: [table] for table, reason in reasons.items()}
