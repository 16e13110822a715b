"""Properties come and go between two days: no column changes its place, in any table that has properties."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from hubspot_assets.checks.day import Day
from hubspot_assets.checks.rules import RULES
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.verify.day import verify_day
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

DAYS = [str(YESTERDAY - timedelta(days=back)) for back in (2, 1, 0)]
LATE = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}
WIDE = ("OBJECTS_NOTES", "OBJECTS_ENGAGEMENTS")


def columns(small: SmallExport, table: str, day: str) -> list[str]:
    return [column.name for column in small.manifest(table, day).columns]


def test_what_is_new_is_behind_all_and_what_has_gone_stays_empty(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = catalogue("0-4", "0-46")
    for day, properties in zip(DAYS, (60, 70, 60), strict=True):
        with small_export(s3, tmp_path, portal, LATE, properties=properties) as small:
            assert small.export(day=day).is_complete
            findings = [f for rule in RULES for f in rule.find(_day(small, day))]
            assert [f for f in findings if not f.what.startswith(("added ", "could not be compared"))] == []
            with HubSpotClient(small.portal.token, small.portal.url) as client:
                reports = list(verify_day(client, small.lake, small.portal_tables, day, list(small.portal_tables)))
            assert [difference for report in reports for difference in report.differences] == []
            labels = _labels_of_properties(small, day)
            for table in WIDE:
                told = {one.name: (one.label, one.description) for one in small.manifest(table, day).columns}
                assert {name: told[name] for name in labels.keys() & told} == labels
            if day != DAYS[2]:
                continue
            for table in WIDE:
                first, second, third = (columns(small, table, one) for one in DAYS)
                assert second[: len(first)] == first
                assert first[-1] == "INGESTEDAT"
                assert len(second) > len(first)
                assert third == second
                gone = small.frame(table, day).select(second[len(first) :])
                assert gone.height > 0
                assert gone.null_count().row(0) == (gone.height,) * gone.width
            monkeypatch.setenv("HUBSPOT_DROP_OLD_COLUMNS", "true")
            assert small.export(*WIDE, day=day).is_complete
            assert [sorted(columns(small, table, day)) for table in WIDE] == [
                sorted(columns(small, table, DAYS[0])) for table in WIDE
            ]


def _labels_of_properties(small: SmallExport, day: str) -> dict[str, tuple[str, str]]:
    """Label and description of the column of each property of notes, as HubSpot has them."""
    is_exported = (pl.col("OBJECTTYPEID") == "0-46") & pl.col("EXPORTED") & ~pl.col("ARCHIVED")
    found = small.frame("PROPERTY_DEFINITIONS", day).filter(is_exported)
    rows = found.select("NAME", "LABEL", "DESCRIPTION").rows()
    return {f"PROPERTY_{name.upper()}": (label or "", text or "") for name, label, text in rows}


def _day(small: SmallExport, day: str) -> Day:
    return Day(small.portal_tables, small.lake, day, lambda: HubSpotClient(small.portal.token, small.portal.url))
