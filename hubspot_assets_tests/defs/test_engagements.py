"""Engagements are their kinds: what is carried forward of a kind's history is told of theirs too."""

from datetime import timedelta
from pathlib import Path

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import catalogue, small_export

DAYS = [str(YESTERDAY - timedelta(days=back)) for back in (2, 1, 0)]
LATE = {"HUBSPOT_ALLOW_LATE_SNAPSHOT": "true"}


def test_the_history_of_engagements_tells_what_is_carried_of_all_kinds(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-4", "0-46", "0-48"), LATE, other_records=70) as small:
        of_type = {type_id: [table.name for table in tables] for type_id, tables in small.portal_tables.objects.items()}
        everything = [name for names in of_type.values() for name in names]
        assert small.export(*everything, day=DAYS[0]).is_complete
        # Calls miss a day: the history of notes is carried from yesterday, that of calls from the day before.
        assert small.export(*of_type["0-46"], day=DAYS[1]).is_complete
        assert small.export(*everything, day=DAYS[2]).is_complete
        for folder in ("OBJECT_PROPERTIES_HISTORY", "OBJECT_PROPERTIES"):
            notes, calls, both = (
                small.manifest(f"{folder}/{kind}", DAYS[2]).carried for kind in ("NOTES", "CALLS", "ENGAGEMENTS")
            )
            assert notes is not None
            assert calls is not None
            assert both is not None
            assert (notes.day, calls.day, both.day) == (DAYS[1], DAYS[0], DAYS[0])
            assert both.records == notes.records + calls.records > 0
            assert both.read_whole == DAYS[0]
        assert small.manifest("OBJECTS_ENGAGEMENTS", DAYS[2]).carried is None
        assert small.manifest("OBJECT_PROPERTIES_HISTORY/ENGAGEMENTS", DAYS[0]).carried is None
