"""MARKETING_EVENT_PARTICIPATIONS against the marketing events API: of every event, or of some of them, whole."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from hubspot_assets.catalog.fixed_tables import MARKETING_EVENT_PARTICIPATIONS
from hubspot_assets.hubspot import HubSpotClient, marketing_events, versions
from hubspot_assets.hubspot.http import paging
from hubspot_assets.verify.cells import moment, text_of
from hubspot_assets.verify.comparing import Key, Row, compare
from hubspot_assets.verify.exported import ExportedDay, Sampling
from hubspot_assets.verify.refusals import answer_or_refusal, comparable, comparable_part, told_of
from hubspot_assets.verify.report import TableReport

_EVENTS_OF_A_SAMPLE = 10
_TABLE = MARKETING_EVENT_PARTICIPATIONS
_KEY = ("MARKETINGEVENTID", "CONTACTID", "STATE", "OCCURREDAT")


def check(client: HubSpotClient, day: ExportedDay, sampling: Sampling, report: TableReport) -> None:
    """Compare the participations."""
    answer = answer_or_refusal(lambda: [str(event["objectId"]) for event in marketing_events.read(client)])
    ids = comparable(report, day, _TABLE, answer)
    if ids is None:
        return
    day.check_columns(report, _TABLE)
    exported = day.scan(_TABLE)
    day.check_read_times(report, _TABLE, exported)
    captured = day.captured_from(_TABLE)

    def changed_since(key: Key, _column: str) -> bool:
        # Who took part after the capture tells when; a participation that is gone leaves no trace.
        return key[3] is not None and key[3] >= captured

    chosen = ids if sampling.is_full else Sampling(_EVENTS_OF_A_SAMPLE, sampling.seed).choose(ids)
    for event_id in chosen:
        found = answer_or_refusal(lambda event_id=event_id: list(_rows(client, event_id)))  # type: ignore[misc]
        rows = exported.filter(pl.col("MARKETINGEVENTID") == event_id).collect().rows(named=True)
        part = f"participations in the marketing event {event_id}"
        told = told_of(day, _TABLE, part, event_id)
        expected = comparable_part(report, told, part, found, is_there=bool(rows))
        if expected is None:
            continue
        compare(report, _KEY, expected, rows, changed_since=changed_since)


def _rows(client: HubSpotClient, event_id: str) -> Iterator[Row]:
    path = versions.path("marketing_event_participations", event=event_id)
    for one in paging.rows(client, path, limit=50, smaller_limit=10):
        contact, properties = one["associations"]["contact"], one["properties"]
        told: dict[str, Any] = {
            "CONTACTID": contact.get("contactId"),
            "EMAIL": contact.get("email"),
            "FIRSTNAME": contact.get("firstname"),
            "LASTNAME": contact.get("lastname"),
            "STATE": properties.get("attendanceState"),
            "ATTENDANCEDURATIONSECONDS": properties.get("attendanceDurationSeconds"),
            "ATTENDANCEPERCENTAGE": properties.get("attendancePercentage"),
        }
        texts = {column: text_of(value) for column, value in told.items()}
        yield {"MARKETINGEVENTID": event_id, **texts, "OCCURREDAT": moment(text_of(properties.get("occurredAt")))}
