"""OBJECTS_MARKETING_EVENTS and who took part: MARKETING_EVENT_PARTICIPATIONS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.errors import UnknownTable
from hubspot_assets_tests.canned_export import NOT_THERE, CannedExport, canned_export, missing_scope
from hubspot_assets_tests.small_export import catalogue

EVENTS = "/marketing/marketing-events/2026-09"
PARTICIPATIONS = "MARKETING_EVENT_PARTICIPATIONS"
SCOPE = "crm.objects.marketing_events.read"


def event(number: int) -> dict[str, Any]:
    return {"objectId": str(number), "eventName": f"Fair {number}", "customProperties": [], "registrants": 1}


def breakdown(number: int) -> str:
    return f"{EVENTS}/participations/{number}/breakdown"


def participation(contact: str) -> dict[str, Any]:
    return {
        "associations": {"contact": {"contactId": contact, "email": f"{contact}@example.com"}},
        "properties": {"attendanceState": "ATTENDED", "occurredAt": 1_704_164_645_678},
    }


@pytest.fixture
def export(s3: DemoS3, tmp_path: Path) -> Iterator[CannedExport]:
    with canned_export(s3, tmp_path, catalogue("0-54")) as made:
        made.answers[EVENTS] = {"results": [event(1), event(2), event(3)]}
        made.answers |= {breakdown(n): {"results": [participation(str(70 + n))]} for n in (1, 2, 3)}
        yield made


def test_events_and_participations_are_exported(export: CannedExport) -> None:
    result = export.export("OBJECTS_MARKETING_EVENTS", PARTICIPATIONS)

    assert result.is_complete
    assert export.frame("OBJECTS_MARKETING_EVENTS")["PROPERTY_EVENTNAME"].to_list() == ["Fair 1", "Fair 2", "Fair 3"]
    found = export.frame(PARTICIPATIONS).sort("CONTACTID")
    assert found.select("MARKETINGEVENTID", "CONTACTID", "STATE").rows() == [
        ("1", "71", "ATTENDED"),
        ("2", "72", "ATTENDED"),
        ("3", "73", "ATTENDED"),
    ]
    assert export.manifest(PARTICIPATIONS).parts_unavailable == ()


def test_one_event_that_is_refused_costs_its_own_participations_and_is_told(export: CannedExport) -> None:
    export.answers[breakdown(2)] = NOT_THERE

    export.export(PARTICIPATIONS)

    assert sorted(export.frame(PARTICIPATIONS)["MARKETINGEVENTID"]) == ["1", "3"]
    (part,) = export.manifest(PARTICIPATIONS).parts_unavailable
    assert (part.part, part.status) == ("participations in the marketing event 2", 404)


def test_without_the_scope_both_tables_are_empty_and_say_so(export: CannedExport) -> None:
    export.answers |= dict.fromkeys((EVENTS, *map(breakdown, (1, 2, 3))), missing_scope(SCOPE))

    result = export.export("OBJECTS_MARKETING_EVENTS", PARTICIPATIONS)

    assert not result.is_complete
    for table in ("OBJECTS_MARKETING_EVENTS", PARTICIPATIONS):
        reason = export.manifest(table).unavailable
        assert reason is not None
        assert reason.scopes == (SCOPE,)
        assert export.frame(table).is_empty()


def test_a_portal_whose_catalogue_has_no_marketing_events_has_no_such_table(s3: DemoS3, tmp_path: Path) -> None:
    with canned_export(s3, tmp_path, catalogue("0-1")) as export, pytest.raises(UnknownTable):
        export.export(PARTICIPATIONS)
