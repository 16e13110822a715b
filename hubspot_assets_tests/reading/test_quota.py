"""A day's calls that will not do are said before anything is read."""

from datetime import timedelta
from pathlib import Path

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake.manifest import Captured, Carried, Manifest
from hubspot_assets.reading.quota import calls_needed
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import catalogue, command, small_export

KNOWN = catalogue("0-1")
BEFORE = str(YESTERDAY - timedelta(days=1))
LATE = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}


@pytest.mark.parametrize(("used", "is_said"), [(0, False), (990, True)])
def test_the_last_export_tells_what_this_one_needs(s3: DemoS3, tmp_path: Path, used: int, is_said: bool) -> None:
    with small_export(s3, tmp_path, KNOWN, LATE) as small:
        assert not small.export(day=BEFORE).failed
    limited = {"limits": True, "ten_secondly_limit": 10_000, "daily_limit": 1000, "daily_used": used}
    with small_export(s3, tmp_path, KNOWN, **limited) as small:
        code, output = command("export")
    said = f"There are not enough calls left today: judging by the export of {BEFORE}, that of {YESTERDAY} needs about"
    assert (said in output) == is_said
    assert ("of the portal's 1,000 are left" in output) == is_said
    assert code == (1 if is_said else 0), output


def manifest(table: str, rows: int, calls: int, seconds: int, carried: Carried | None = None) -> Manifest:
    return Manifest(
        table=table,
        day="2026-11-21",
        columns=(),
        rows=rows,
        files=(),
        captured=Captured.model_validate({"from": f"2026-11-22T00:00:{seconds:02d}Z", "to": None}),
        api_calls=calls,
        left_out={},
        unavailable=None,
        carried=carried,
    )


@pytest.mark.parametrize(("day", "calls"), [("2026-11-22", 7 + 120), ("2026-11-23", 7 + 200)])
def test_tables_of_one_reading_are_counted_once_and_a_whole_read_when_it_is_due(day: str, calls: int) -> None:
    carried = Carried(day="2026-11-20", records=9_900, read_whole="2026-11-16")
    last = [
        manifest("OWNERS", 5, 7, seconds=1),
        manifest("OBJECTS_CONTACTS", 10_000, 120, seconds=2),
        manifest("OBJECTS/CONTACTS", 10_000, 120, seconds=2),
        manifest("OBJECT_PROPERTIES_HISTORY/CONTACTS", 90_000, 120, seconds=2, carried=carried),
    ]
    assert calls_needed({one.table: one for one in last}, day, 7) == calls


def test_what_is_united_from_other_tables_needs_no_calls_even_where_its_history_is_due() -> None:
    carried = Carried(day="2026-11-20", records=9_900, read_whole="2026-11-16")
    last = [
        manifest("OBJECTS/NOTES", 10_000, 120, seconds=2),
        manifest("OBJECT_PROPERTIES_HISTORY/NOTES", 90_000, 120, seconds=2, carried=carried),
        manifest("OBJECTS/ENGAGEMENTS", 10_000, 0, seconds=3),
        manifest("OBJECT_PROPERTIES_HISTORY/ENGAGEMENTS", 90_000, 0, seconds=3, carried=carried),
    ]
    assert calls_needed({one.table: one for one in last}, "2026-11-23", 7) == 200
