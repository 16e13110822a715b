"""Is yesterday there, whatever else was exported?"""

from typing import Any

import dagster as dg

from hubspot_assets.catalog.columns import Column
from hubspot_assets.defs.checks.deadline import yesterday_result
from hubspot_assets.lake import Lake, TableContent

YESTERDAY = "2026-11-22"
COLUMNS = [Column("ID"), Column("NAME")]


def export(lake: Lake, *days: str, whole: bool = True) -> None:
    for day in days:
        lake.write("EVENTS_OPENED", day, TableContent(COLUMNS, []))
        if whole:
            lake.close_day(day)


def missed(result: dg.AssetCheckResult) -> list[dict[str, Any]]:
    return [dict(record.data) for record in result.metadata["missed"].records]


def test_yesterday_is_in(lake: Lake) -> None:
    export(lake, "2026-11-21", YESTERDAY)
    result = yesterday_result(lake, YESTERDAY)
    assert result.passed
    assert result.description == "2026-11-22 is complete."
    assert "missed" not in result.metadata


def test_an_old_day_that_was_just_exported_does_not_hide_that_yesterday_is_missing(lake: Lake) -> None:
    export(lake, "2026-11-21")
    result = yesterday_result(lake, YESTERDAY)
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.ERROR
    assert result.description == "2026-11-22 is not complete: nothing of it was exported."


def test_a_day_that_is_not_closed_is_not_in(lake: Lake) -> None:
    export(lake, YESTERDAY, whole=False)
    result = yesterday_result(lake, YESTERDAY)
    assert not result.passed
    assert "some of its tables are there, but the day is not closed" in str(result.description)


def test_nothing_was_ever_exported(lake: Lake) -> None:
    result = yesterday_result(lake, YESTERDAY)
    assert not result.passed
    assert [row["day"] for row in missed(result)] == [YESTERDAY]


def test_missed_days_since_the_first_whole_one_are_listed_with_what_can_still_be_exported(lake: Lake) -> None:
    export(lake, "2026-11-17", "2026-11-20", whole=False)
    export(lake, "2026-11-18", "2026-11-21")
    result = yesterday_result(lake, YESTERDAY)
    nothing, some = "nothing of it was exported", "some of its tables are there, but the day is not closed"
    events = "events only (group events)"
    assert missed(result) == [
        {"day": "2026-11-22", "state": nothing, "can still be exported": "every table, until the day after it is over"},
        {"day": "2026-11-20", "state": some, "can still be exported": events},
        {"day": "2026-11-19", "state": nothing, "can still be exported": events},
    ]
    assert "2 earlier days are missing, the last of them 2026-11-20" in str(result.description)


def test_days_that_were_missed_do_not_fail_a_day_that_is_in(lake: Lake) -> None:
    export(lake, "2026-11-20", YESTERDAY)
    result = yesterday_result(lake, YESTERDAY)
    assert result.passed
    assert [row["day"] for row in missed(result)] == ["2026-11-21"]
