"""What HubSpot keeps of pipeline stages on records without a definition is exported like any property."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.checks.day import Day
from hubspot_assets.checks.rules import properties_defined
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import TableContent
from hubspot_assets.verify.day import verify_day
from hubspot_assets_tests.canned_export import CannedExport, canned_export, definition, missing_scope
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.hubspot.canned import CannedHubSpot, Request, Table
from hubspot_assets_tests.small_export import catalogue

KNOWN = catalogue("0-3")
PIPELINES = "/crm/pipelines/2026-09/0-3"
RECORDS = "/crm/objects/2026-09/0-3"
ENTERED, TIME = "hs_v2_date_entered_won", "hs_v2_cumulative_time_in_won"
DEALS = ("OBJECTS_DEALS", "OBJECT_WITH_OBJECT_PROPERTIES/DEALS", "OBJECT_PROPERTIES/DEALS")
ALL = (*DEALS, "OBJECTS/DEALS", "OBJECT_PROPERTIES_HISTORY/DEALS")
BEFORE = str(YESTERDAY - timedelta(days=1))


def pipeline(*stages: str, created: str = "2020-01-01T00:00:00Z") -> dict[str, Any]:
    told = [{"id": one, "label": one.capitalize(), "createdAt": created} for one in stages]
    return {"results": [{"id": "default", "label": "Sales", "stages": told}]}


def deal(number: int, history: dict[str, Any] | None = None, **values: str) -> dict[str, Any]:
    return {"id": number, "properties": {"dealname": f"D{number}", **values}, "history": history or {}}


def version(value: str) -> list[dict[str, str]]:
    return [{"value": value, "timestamp": "2026-01-02T00:00:00Z"}]


@pytest.fixture
def export(s3: DemoS3, tmp_path: Path) -> Iterator[CannedExport]:
    variables = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}
    with canned_export(s3, tmp_path, KNOWN, variables) as made:
        made.define("0-3", definition("dealname"))
        made.answers[PIPELINES] = pipeline("new", "won")
        yield made


def serve(export: CannedExport, *deals: dict[str, Any]) -> Table:
    table = Table(list(deals))
    export.answers |= {RECORDS: table, f"{RECORDS}/batch/read": table}
    return table


def test_what_any_record_has_becomes_columns_and_rows_and_what_none_has_does_not(export: CannedExport) -> None:
    moment = "2026-01-02T03:04:05.678Z"
    serve(export, deal(1), deal(2, {ENTERED: version(moment)}, **{ENTERED: moment, TIME: "86400000"}))

    assert export.export(*ALL).is_complete

    wide = export.frame("OBJECTS_DEALS")
    assert [c for c in wide.columns if c.startswith("PROPERTY_")] == [
        "PROPERTY_DEALNAME",
        "PROPERTY_HS_V2_CUMULATIVE_TIME_IN_WON",
        "PROPERTY_HS_V2_DATE_ENTERED_WON",
        "PROPERTY_UNPARSED_HS_V2_CUMULATIVE_TIME_IN_WON",
        "PROPERTY_UNPARSED_HS_V2_DATE_ENTERED_WON",
    ]
    assert wide["PROPERTY_HS_V2_DATE_ENTERED_WON"].to_list() == [None, datetime(2026, 1, 2, 3, 4, 5, 678_000)]
    assert wide["PROPERTY_HS_V2_CUMULATIVE_TIME_IN_WON"].to_list() == [None, "86400000"]
    types = {column.name: column.type for column in export.manifest("OBJECTS_DEALS").columns}
    assert types["PROPERTY_HS_V2_DATE_ENTERED_WON"] == "datetime"
    rows = export.frame("OBJECT_PROPERTIES/DEALS").filter(pl.col("OBJECTID") == "2").select("NAME", "VALUE").rows()
    assert dict(rows) == {"dealname": "D2", ENTERED: "1767323045678", TIME: "86400000"}
    history = export.frame("OBJECT_PROPERTIES_HISTORY/DEALS").select("OBJECTID", "NAME", "VALUE").rows()
    assert history == [("2", ENTERED, "1767323045678")]
    (_, whole) = export.frame("OBJECT_WITH_OBJECT_PROPERTIES/DEALS")["PROPERTIES"]
    assert f'"{ENTERED}":"1767323045678"' in whole
    assert "hs_v2" not in str(export.frame("PROPERTY_DEFINITIONS").rows())


def test_it_costs_no_call(export: CannedExport) -> None:
    serve(export, *(deal(number) for number in range(1, 31)))
    export.export(*ALL)

    # Beside the small call that looks whether the last page was the last.
    asked = [request for request in export.seen if request.path == RECORDS and request.one("propertiesWithHistory")]
    assert len(asked) == 1
    assert ENTERED in (asked[0].one("propertiesWithHistory") or "").split(",")


def test_the_check_of_properties_takes_them_for_what_they_are(export: CannedExport) -> None:
    serve(export, deal(1, {ENTERED: version("2026-01-02T00:00:00Z")}, **{ENTERED: "2026-01-02T00:00:00Z"}))
    export.export(*ALL)

    def nobody() -> Any:
        raise AssertionError

    day = Day(PortalTables(KNOWN), export.lake, str(YESTERDAY), nobody)
    assert list(properties_defined(day)) == []


def test_a_type_whose_pipelines_are_refused_says_what_its_tables_may_lack(export: CannedExport) -> None:
    export.answers[PIPELINES] = missing_scope("crm.objects.deals.read")
    serve(export, deal(1, **{ENTERED: "2026-01-02T00:00:00Z"}))

    export.export(*ALL)

    for table in ALL:
        (part,) = export.manifest(table).parts_unavailable
        assert part.part.startswith("properties of the pipeline stages of Deals (0-3) that HubSpot does not define")
        assert (part.status, part.scopes, part.mendable) == (403, ("crm.objects.deals.read",), True)
        assert any(reason.startswith(part.part) for reason in export.manifest(table).left_out)
    assert not any("HS_V2" in column for column in export.frame("OBJECTS_DEALS").columns)


def test_a_type_without_pipelines_says_nothing(export: CannedExport) -> None:
    export.answers[PIPELINES] = {"results": []}
    serve(export, deal(1))

    export.export(*ALL)

    manifest = export.manifest("OBJECTS_DEALS")
    assert (manifest.left_out, manifest.parts_unavailable) == ({}, ())


def many(**changed: dict[str, str]) -> list[dict[str, Any]]:
    """Sixty deals; of each, `d<number>` has more values."""
    entered = "2026-01-02T00:00:00Z"
    return [
        deal(number, {ENTERED: version(entered)}, **{ENTERED: entered, **changed.get(f"d{number}", {})})
        for number in range(1, 61)
    ]


def test_history_of_stage_properties_is_carried_and_a_changed_value_is_read_again(export: CannedExport) -> None:
    serve(export, *many())
    export.export(*ALL, day=BEFORE)
    serve(export, *many(d7={TIME: "5"}))
    export.seen.clear()

    export.export(*ALL)

    carried = export.manifest("OBJECT_PROPERTIES_HISTORY/DEALS").carried
    assert carried is not None
    assert carried.records == 59
    (again,) = [request for request in export.seen if request.path.endswith("/batch/read")]
    assert again.body["inputs"] == [{"id": "7"}]
    assert ENTERED in again.body["propertiesWithHistory"]
    assert export.frame("OBJECT_PROPERTIES_HISTORY/DEALS").height == 60
    assert export.frame("OBJECTS_DEALS")["PROPERTY_HS_V2_CUMULATIVE_TIME_IN_WON"].drop_nulls().to_list() == ["5"]


@pytest.mark.parametrize(("created", "is_carried"), [("2020-01-01T00:00:00Z", False), ("2100-01-01T00:00:00Z", True)])
def test_a_stage_that_was_not_known_must_be_younger_than_the_earlier_day(
    export: CannedExport, created: str, is_carried: bool
) -> None:
    serve(export, *many())
    export.export(*ALL, day=BEFORE)
    stages = pipeline("new", "won")
    stages["results"][0]["stages"].append({"id": "lost", "label": "Lost", "createdAt": created})
    export.answers[PIPELINES] = stages

    export.export(*ALL)

    assert (export.manifest("OBJECT_PROPERTIES_HISTORY/DEALS").carried is not None) == is_carried


def test_more_names_than_a_url_holds_are_asked_for_piece_by_piece(export: CannedExport) -> None:
    stages = [f"stage{number:04}" for number in range(120)]
    export.answers[PIPELINES] = pipeline(*stages)
    last = f"hs_v2_date_exited_{stages[-1]}"
    table = serve(export, deal(1, **{last: "2026-01-02T00:00:00Z"}), deal(2))

    def too_long(request: Request) -> None:
        assert len(request.url) <= table.longest_url

    table.before = too_long
    export.export("OBJECTS_DEALS")

    assert export.frame("OBJECTS_DEALS")[f"PROPERTY_{last.upper()}"].to_list() == [datetime(2026, 1, 2), None]


def test_verify_knows_them_and_finds_one_that_is_lost(export: CannedExport) -> None:
    moment = "2026-01-02T03:04:05.678Z"
    serve(export, deal(1), deal(2, {ENTERED: version(moment)}, **{ENTERED: moment}))
    export.export(*ALL)
    tables = [table for table in PortalTables(KNOWN) if table.name in ALL]

    def differences() -> list[str]:
        client = CannedHubSpot(export.answer).client()
        reports = verify_day(client, export.lake, PortalTables(KNOWN), str(YESTERDAY), tables)
        return [f"{r.table} {d.column}" for r in reports for d in (*r.differences, *r.changed_since)]

    assert differences() == []
    manifest, frame = export.manifest("OBJECTS_DEALS"), export.frame("OBJECTS_DEALS")
    kept = [c for c in manifest.columns if "DATE_ENTERED" not in c.name]
    content = TableContent([Column(c.name, c.type) for c in kept], frame.select([c.name for c in kept]))
    content.captured_from, content.captured_to = manifest.captured.from_, manifest.captured.to
    export.lake.write("OBJECTS_DEALS", str(YESTERDAY), content)
    assert differences() == [
        "OBJECTS_DEALS PROPERTY_HS_V2_DATE_ENTERED_WON",
        "OBJECTS_DEALS PROPERTY_UNPARSED_HS_V2_DATE_ENTERED_WON",
    ]
