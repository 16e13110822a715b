"""An earlier day is help, and no need: whatever has become of its files, today is exported whole."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import catalogue, small_export

BEFORE, DAY = str(YESTERDAY - timedelta(days=1)), str(YESTERDAY)
KNOWN = catalogue("0-1")
HISTORY = "OBJECT_PROPERTIES_HISTORY/CONTACTS"
RECORDS = "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS"
LATE = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _gone(table: str) -> Callable[[Path], None]:
    return lambda day: next((day / table).glob("*.csv.gz")).unlink()


def _truncated(name: str) -> Callable[[Path], None]:
    return lambda day: _cut(day / name)


DAMAGE: dict[str, Callable[[Path], None]] = {
    "a data file of history was moved": _gone(HISTORY),
    "a data file of records was moved": _gone(RECORDS),
    "a manifest was cut": _truncated(f"{HISTORY}/_manifest.json"),
    "a manifest of the wide table was cut": _truncated("OBJECTS_CONTACTS/_manifest.json"),
    "the definitions' manifest was cut": _truncated("PROPERTY_DEFINITIONS/_manifest.json"),
    "_SUCCESS.json was cut": _truncated("_SUCCESS.json"),
}


@pytest.mark.parametrize("kind", sampled(sorted(DAMAGE), 1))
def test_damage_of_an_earlier_day_is_told_and_today_is_whole(
    s3: DemoS3, tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with small_export(s3, tmp_path, KNOWN, LATE, contacts=120, properties=5, day=YESTERDAY) as small:
        assert not small.export(day=BEFORE).failed
        DAMAGE[kind](small.folder / BEFORE)
        with caplog.at_level(logging.WARNING):
            result = small.export(day=DAY)
        assert not result.failed
        assert result.trouble is None
        success = small.lake.success(DAY)
        assert success is not None
        assert small.frame("OBJECTS_CONTACTS", DAY).height > 100
        if "history" in kind or "records" in kind or "definitions" in kind or kind == "a manifest was cut":
            assert small.manifest(HISTORY, DAY).carried is None, "read whole, since nothing can be carried forward"
            assert BEFORE in caplog.text
