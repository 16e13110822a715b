"""What reads put aside in S3 holds no value that no table may hold."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from isal import isal_zlib

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.catalog.sources import Source
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake
from hubspot_assets.reading.readers import ReadRequest, kept
from hubspot_assets.reading.reading import Reading
from hubspot_assets.tables.properties import Property
from hubspot_assets_tests.canned_export import CannedExport, canned_export, definition
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.hubspot.canned import Answer, Request, canned
from hubspot_assets_tests.small_export import catalogue

BOUGHT = EventType("pe7_bought", "6-7")
ENDED = Answer({"status": "error", "message": "expired", "category": "EXPIRED_AUTHENTICATION"}, status=401)


def answers_aside(lake: Lake) -> bytes:
    """Every answer that was put aside."""
    found = []
    for key, _ in lake._store.list(lake.layout.checkpoints(), subfolders=True):
        with zipfile.ZipFile(io.BytesIO(lake._store.get(key)[0])) as part:
            packed = part.read("answers.zlib")
        while packed:
            one = isal_zlib.decompressobj()
            found.append(one.decompress(packed))
            packed = one.unused_data
    return b"\n".join(found)


def _has_events(export: CannedExport, pages: int, dies_after: int) -> None:
    amount, secret = definition("amount", "number"), definition("ssn") | {"dataSensitivity": "sensitive"}
    event = {"id": "7", "objectTypeId": "6-7", "name": "bought", "fullyQualifiedName": "pe7_bought"}
    left = dies_after

    def occurrences(request: Request) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            return ENDED
        number = int(request.one("after") or 0)
        values = {"amount": "1", "ssn": "078-05-1120"}
        row = {"id": str(number), "occurredAt": f"{YESTERDAY}T12:00:00Z", "objectType": "CONTACT", "properties": values}
        more = {"paging": {"next": {"after": str(number + 1)}}} if number + 1 < pages else {}
        return {"results": [row | {"objectId": "1"}], **more}

    export.define("0-1", definition("email"))
    export.answers |= {
        "/crm-object-schemas/2026-09/schemas": {"results": []},
        "/events/custom/2026-09/event-definitions": {"results": [event | {"properties": [amount, secret]}]},
        "/events/event-occurrences/2026-09": occurrences,
    }


def test_properties_of_events_that_are_held_back_are_not_put_aside(s3: DemoS3, tmp_path: Path) -> None:
    with canned_export(s3, tmp_path, catalogue("0-1", events=[BOUGHT])) as export:
        _has_events(export, pages=100, dies_after=60)
        assert export.export("EVENTS_BOUGHT").failed
        aside = answers_aside(export.lake)
        assert b"amount" in aside
        assert b"078-05-1120" not in aside
        _has_events(export, pages=100, dies_after=10_000)
        assert not export.export("EVENTS_BOUGHT").failed
        found = export.frame("EVENTS_BOUGHT")
        assert sorted(found["ID"], key=int) == [str(number) for number in range(100)]
        assert set(found["PROPERTY_AMOUNT"]) == {"1"}
        assert "PROPERTY_SSN" not in found.columns


def test_answers_without_a_property_are_not_used_where_it_is_held_back_no_more(s3: DemoS3, tmp_path: Path) -> None:
    with canned_export(s3, tmp_path, catalogue("0-1", events=[BOUGHT])) as export:
        _has_events(export, pages=100, dies_after=60)
        assert export.export("EVENTS_BOUGHT").failed
        _has_events(export, pages=100, dies_after=10_000)
        (defined,) = export.answers["/events/custom/2026-09/event-definitions"]["results"]
        del defined["properties"][1]["dataSensitivity"]
        assert not export.export("PROPERTY_DEFINITIONS", "EVENTS_BOUGHT").failed
        assert export.frame("EVENTS_BOUGHT")["PROPERTY_SSN"].to_list() == ["078-05-1120"] * 100


@pytest.mark.parametrize("source", [Source.DEAL_SPLITS, Source.FORM_SUBMISSIONS])
def test_values_of_deal_splits_that_no_column_is_declared_for_are_not_put_aside(source: Source) -> None:
    object_type = next(one for one in STANDARD_OBJECT_TYPES if one.source is source)
    asked = ReadRequest(Reading(canned().client()), object_type, [Property("hs_deal_split_amount", "number")], False)
    values = {"hs_deal_split_amount": "5", "ssn": "078-05-1120", "nothing": None}
    answer = {"results": [{"id": "1", "splits": [{"id": "2", "properties": values}]}], "status": "COMPLETE"}
    found = kept(asked, answer)
    if source is Source.DEAL_SPLITS:
        # That there is something is told all the same.
        values = values | {"ssn": ""}
    assert found == {"results": [{"id": "1", "splits": [{"id": "2", "properties": values}]}], "status": "COMPLETE"}
